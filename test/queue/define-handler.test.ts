import { createProducer, createWorker, defineHandler } from 'brinemq'
import { expect, onTestFinished, test } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { startProgram } from '../program.ts'
import { Order, ordersQueue } from '../sandbox/handlers/contract.ts'
import { untyped } from './people.ts'

test('a defined handler runs at home too, and only for a job that there is', async () => {
  const contract = ordersQueue(freshPrefix())
  const { default: obey } = await import('../sandbox/handlers/obey.ts')
  const producer = createProducer(contract, { connection: redisUrl })
  const worker = createWorker(contract, {
    ...{ connection: redisUrl, shutdownOnSignals: false, drainDelay: 1 },
    handlers: { obey, hurry: () => {} },
  })
  onTestFinished(async () => {
    await Promise.all([worker.close(), producer.close()])
  })
  const job = await producer.enqueue('obey', new Order('work', new Date()))
  expect(await job.result()).toMatchObject({ pid: process.pid, thread: 0 })
  expect(() => untyped(defineHandler)(contract, 'nobody', () => {})).toThrow('JOB_UNKNOWN nobody: ')
})

test.each([
  ['thread', 'SIGTERM', 143],
  ['process', 'SIGTERM', 143],
  ['process', 'SIGKILL', 'SIGKILL'],
] as const)(
  'a worker with a handler in a %s that is ended by %s leaves no process behind',
  async (where, signal, code) => {
    const prefix = freshPrefix()
    const program = startProgram('test/sandbox/handlers/worker.ts', [where], {
      env: { REDIS_URL: redisUrl, PREFIX: prefix },
    })
    const producer = createProducer(ordersQueue(prefix), { connection: redisUrl })
    onTestFinished(() => producer.close())
    const order = (what: string) => producer.enqueue('obey', new Order(what, new Date()))
    await (await order('work')).result()
    // One that is idle, and one that is busy.
    await order('wait')
    await program.said('progress')
    program.child.kill(signal)
    expect(await program.ended).toBe(code)
    expect(program.err).toBe('')
    await program.leftNothing()
  },
)
