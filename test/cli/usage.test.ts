import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { brine, brineProcess } from './brine.ts'

async function folder(files: Record<string, string> = {}): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'brine-cli-'))
  onTestFinished(() => rm(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return path
}

// Processes take a while to start where others start theirs.
vi.setConfig({ testTimeout: 90_000 })

const prefix = freshPrefix()

test('says what to do without a configuration, with a broken one, and with none that it knows', async () => {
  const files = {
    'throws.js': "throw new Error('bad day')",
    'empty.js': 'export const queues = []',
    'wrong.mjs': 'export default { queues: [], worker: 1 }',
    'torn.ts': 'export default {\n  queues: [',
  }
  const cwd = await folder(files)
  const [none, named, throws, empty, wrong, torn] = await Promise.all(
    [[], ['--config', 'nowhere.ts'], ...Object.keys(files).map((name) => ['--config', name])].map((args) =>
      brineProcess(['status', ...args], { prefix, cwd }),
    ),
  )
  expect(none).toMatchObject({ code: 2, out: '', err: expect.stringContaining('brine.config.ts') })
  expect(named?.err).toContain('nowhere.ts')
  expect(throws?.err).toContain('throws.js could not be loaded: bad day')
  expect(empty?.err).toContain('empty.js has no default export')
  expect(wrong?.err).toContain('wrong.mjs: OPTIONS_INVALID worker')
  expect(torn?.err).toMatch(/torn\.ts could not be loaded: .*torn\.ts:2:\d+: ERROR: Unexpected end of file/)
  for (const ran of [named, throws, empty, wrong, torn]) {
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran?.err.trimEnd().split('\n')).toHaveLength(1)
  }
})

test('looks into no other database than the one that was named', async () => {
  const connection = new URL(redisUrl)
  connection.pathname = '/999'
  const ran = await brine(['drain', '--queue', 'loans', '--yes', '--connection', connection.href], { prefix })
  expect(ran).toMatchObject({ code: 3, out: '', err: expect.stringContaining('database 999') })
})

test('says what to do when no Redis answers, without a stack unless it is asked for', async () => {
  const [away, machine, debug] = await Promise.all([
    brine(['status', '--connection', 'redis://127.0.0.1:1'], { prefix }),
    brineProcess(['jobs', '--json'], { prefix, env: { REDIS_URL: 'redis://127.0.0.1:1' } }),
    brineProcess(['status', '--connection', 'redis://127.0.0.1:1', '--debug'], { prefix }),
  ])
  expect(away).toMatchObject({
    code: 3,
    out: '',
    err: expect.stringMatching(/^error REDIS_UNREACHABLE: .*start Redis/),
  })
  expect(away.err.trimEnd().split('\n')).toHaveLength(1)
  expect(machine.code).toBe(3)
  expect(JSON.parse(machine.out)).toMatchObject({ error: { code: 'REDIS_UNREACHABLE' } })
  expect(debug.err).toMatch(/\n {4}at /)
})

test.each([
  [['stats'], "unknown command 'stats'"],
  [['status', '--watchful'], "unknown option '--watchful'"],
  [['show'], "missing required argument 'id'"],
  [['clean', '--state', 'failed', '--older-than', 'long'], 'say 500ms, 90s'],
  [['retry'], '--all'],
  [['status', '--queue', 'lones'], "there is no queue 'lones'; there are loans, orders"],
  [['work', 'nobody/*.ts'], "there is no module 'nobody/*.ts'"],
  [['keygen', '--id', 'a b'], 'KEYS_INVALID'],
  [[], 'Usage: brine'],
])('refuses %j', async (args, words) => {
  expect(await brine(args, { prefix })).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) })
})

test('refuses as JSON what it does not understand, where JSON was asked for', async () => {
  const ran = await brine(['jobs', '--json', '--state', 'late'], { prefix })
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('Allowed choices are waiting') })
  expect(JSON.parse(ran.out)).toEqual({ error: { message: expect.stringContaining("argument 'late' is invalid") } })
})

test('helps, tells its version, and makes keys without a configuration', async () => {
  const cwd = await folder()
  const options = { prefix, cwd }
  const [help, ofOne, version, key, keyJson] = await Promise.all([
    brineProcess(['--help'], options),
    brine(['show', '--help'], options),
    brine(['--version'], options),
    brineProcess(['keygen', '--mode', 'encrypt', '--id', 'k1'], options),
    brine(['keygen', '--json'], options),
  ])
  expect(help).toMatchObject({ code: 0, err: '', out: expect.stringContaining('enqueue [options] <job>') })
  expect(ofOne.out).toContain('--connection <url>')
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(key.out).toMatch(/^encrypt:k1=[\w-]{43}\n$/)
  expect(JSON.parse(keyJson.out)).toEqual({ key: expect.stringMatching(/^sign:/) })
})
