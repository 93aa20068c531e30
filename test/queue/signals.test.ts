import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createProducer, createWorker, defineQueue } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'

const script = fileURLToPath(new URL('worker-process.ts', import.meta.url))

async function start(env: Record<string, string> = {}) {
  const prefix = freshPrefix()
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, REDIS_URL: redisUrl, PREFIX: prefix, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const words: string[] = []
  child.on('message', (word) => words.push(String(word)))
  const ended = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const contract = defineQueue('signals', { prefix, jobs: { work: { payload: z.number() } } })
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const heard = async (word: string) => {
    while (!words.includes(word)) await once(child, 'message')
  }
  await heard('ready')
  return { child, words, ended, heard, producer, contract }
}

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s lets the running job finish, and ends the process', async (signal, code) => {
  const { child, words, ended, heard, producer } = await start()
  const job = await producer.enqueue('work', 300)
  await heard('started')
  child.kill(signal)
  expect(await ended).toEqual([code, null])
  expect(words).toEqual(['ready', 'started', 'finished', 'exit'])
  expect(await job.result()).toBeUndefined()
})

test('SIGTERM puts back what does not finish within the grace period', async () => {
  const { child, ended, heard, producer, contract } = await start({ GRACE_MS: '50' })
  const job = await producer.enqueue('work', 60_000)
  await heard('started')
  child.kill('SIGTERM')
  expect(await ended).toEqual([143, null])
  const worker = createWorker(contract, {
    connection: redisUrl,
    shutdownOnSignals: false,
    handlers: { work: (_ms, { attempt }) => attempt },
  })
  expect(await job.result()).toBe(1)
  await worker.close()
})

test('a signal that comes twice at once, as npx and a terminal send it, counts once', async () => {
  const { child, words, ended, heard, producer } = await start()
  await producer.enqueue('work', 300)
  await heard('started')
  child.kill('SIGINT')
  setTimeout(() => child.kill('SIGINT'), 30)
  expect(await ended).toEqual([130, null])
  expect(words).toContain('finished')
})

test('another signal a second later ends the process at once', async () => {
  const { child, words, ended, heard, producer } = await start()
  await producer.enqueue('work', 60_000)
  await heard('started')
  child.kill('SIGTERM')
  const again = setInterval(() => child.kill('SIGTERM'), 50)
  expect(await ended).toEqual([143, null])
  clearInterval(again)
  expect(words).not.toContain('finished')
})

test("the end is left to a program that listens to the signal itself, and the worker's closing to us", async () => {
  const { child, words, ended, heard, producer } = await start({ LISTENS: '1' })
  await producer.enqueue('work', 100)
  await heard('started')
  child.kill('SIGTERM')
  // With the worker closed, nothing keeps the process any longer.
  expect(await ended).toEqual([0, null])
  expect(words).toEqual(['ready', 'started', 'heard', 'finished', 'exit'])
})

test('a process ends by itself when its workers have closed', async () => {
  const { child, ended } = await start()
  child.send('close')
  expect(await ended).toEqual([0, null])
})

test('no listener for signals stays behind', async () => {
  const count = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
  const before = count()
  const contract = defineQueue('listeners', { prefix: freshPrefix(), jobs: { work: { payload: z.number() } } })
  const open = () => createWorker(contract, { connection: redisUrl, handlers: { work: () => {} } })
  const [one, two] = [open(), open()]
  expect(count()).toBe(before + 2)
  await one.close()
  expect(count()).toBe(before + 2)
  await two.close()
  expect(count()).toBe(before)
})
