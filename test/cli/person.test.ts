import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createProducer } from 'brinemq'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { main, project } from './brine.ts'
import { Money, orders } from './project/library.ts'

vi.setConfig({ testTimeout: 90_000 })

const hasScript = spawnSync('script', ['--version']).status === 0

/** `brine ARGS` at a terminal, at which somebody types. */
async function atTerminal(args: string, prefix: string, typed: string, env: NodeJS.ProcessEnv = {}) {
  const command = `${process.execPath} --import tsx ${main} ${args}`
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: project,
    env: { ...process.env, TERM: 'xterm', REDIS_URL: redisUrl, PREFIX: prefix, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // The answer, once it is asked for.
    if (!out.includes('[y/N]') && (out + text).includes('[y/N]')) child.stdin.write(`${typed}\n`)
    out += text
  })
  const [code] = await once(child, 'close')
  return { code: Number(code), out }
}

test.skipIf(!hasScript)('asks a person before it destroys, and shows colours and progress to nobody else', async () => {
  const prefix = freshPrefix()
  const producer = createProducer(orders, { connection: redisUrl, prefix })
  onTestFinished(() => producer.close())
  await producer.enqueue('order', new Money(1n, 'EUR'))
  const [no, interrupted, colours, plain, long] = await Promise.all([
    atTerminal('drain --queue orders', prefix, 'n'),
    atTerminal('drain --queue orders', prefix, '\u0003'),
    atTerminal('jobs --state waiting', prefix, ''),
    atTerminal('jobs --state waiting', prefix, '', { NO_COLOR: '1' }),
    atTerminal('retry nobody no-one --queue orders', prefix, ''),
  ])
  expect(no).toMatchObject({ code: 1, out: expect.stringContaining('Remove 1 waiting job of orders for good?') })
  for (const { code, out } of [no, interrupted]) {
    expect(code).toBe(1)
    expect(out).toContain('nothing was done')
  }
  expect(await producer.control.counts()).toMatchObject({ waiting: 1 })
  expect(colours.out).toContain('\u001b[1mqueue\u001b[22m')
  expect(colours.out).toContain('─────')
  expect(plain.out).not.toContain('\u001b[1m')
  expect(long.code).toBe(1)
  expect(long.out).toContain(`${'#'.repeat(12)}${'.'.repeat(12)} 1/2 retried\r\u001b[K`)
  const yes = await atTerminal('drain --queue orders', prefix, 'y')
  expect(yes).toMatchObject({ code: 0, out: expect.stringContaining('removed 1 waiting job of orders') })
  expect(await producer.control.counts()).toMatchObject({ waiting: 0 })
})
