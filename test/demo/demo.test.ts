import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from 'brinemq/embedded'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root, startProgram, startWithNpm } from '../program.ts'

async function folderForTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'brine-demo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** A Redis of the test's own: the demo's queues have names that other tests may use. */
async function ownRedis(): Promise<string> {
  const server = await startEmbedded()
  onTestFinished(() => server.close())
  return server.url
}

const embedded = { REDIS_URL: '' }

const oddFiles: Record<string, string> = {
  'a name with spaces': 'spaces',
  '-rf': 'a dash',
  '$(echo x) `y` "z" \'': 'quotes',
  'line\nbreak': 'a line break',
  '\x1b[31mred': 'an escape sequence',
  'pickle 🥒 é e\u0301 日本語': 'letters',
  '100%41': 'a percent sign',
  '.hidden/.deeper/.file': 'hidden',
  'empty/one': '',
  'empty/two': '',
  large: 'x'.repeat(3_000_000),
}

describe('npm run demo', { timeout: 60_000 }, () => {
  test('plays its three parts on an embedded Valkey, ends with 0, and leaves nothing behind', async () => {
    // A copy, because other tests put files into the project meanwhile.
    const project = await folderForTest()
    for (const name of ['src', 'jobs', 'producers', 'workers', 'package.json', 'tsconfig.json']) {
      await cp(join(root, name), join(project, name), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(project, 'node_modules'), 'junction')
    const files = (await readdir(project, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())

    const demo = startProgram('producers/demo.ts', [], { cwd: project, env: embedded })
    expect(await demo.ended).toBe(0)
    await demo.leftNothing()
    expect(demo.err).toBe('')
    const [opening = '', article = '', digests = '', refusals = ''] = demo.out.split(/^\d\. .*$/m)

    expect(opening).toMatch(/redis:\/\/127\.0\.0\.1:\d+, which keeps nothing/)
    const pids = [...opening.matchAll(/worker (\d+) /g)].map(([, pid = '']) => pid)
    expect(new Set(pids).size).toBe(3)
    expect(article).toContain('in a job      Hello, I am John, and next year I will be 21')
    expect(article).toContain(`said by worker ${pids[0]} `)
    expect(article).toContain('under a key   John 20, a Person again')
    expect(article).toContain('in a file     John 20, a Person again')
    expect(digests).toContain(`${files.length} of ${files.length}\n`)
    expect(digests).toMatch(new RegExp(`^ {2}files +${files.length}$`, 'm'))
    for (const pid of pids.slice(1)) expect(digests).toMatch(new RegExp(`^ {2}by worker ${pid} +\\d+$`, 'm'))
    expect(digests).toMatch(/its SHA-256 +[0-9a-f]{64}$/m)
    expect(digests).toContain('every digest is the same as one computed here')
    expect(refusals).toMatch(/refused at enqueue +\$\.person\.age\n +FIELDS_INVALID greet \$\.person\.age: /)
    expect(refusals).toMatch(/refused at enqueue +\$\.person\n +PAYLOAD_INVALID greet \$\.person: /)
    expect(refusals).toMatch(/went on .*Ann.*\n +in quarantine +JOB_QUARANTINED greet \$: .*\n +went on .*Cleo/)
  })

  test('digests a folder of the user, whatever its files are called, on the Redis of REDIS_URL', async () => {
    const home = await folderForTest()
    for (const [name, content] of Object.entries(oddFiles)) {
      await mkdir(join(home, 'mine', name, '..'), { recursive: true })
      await writeFile(join(home, 'mine', name), content)
    }
    await mkdir(join(home, 'mine', 'node_modules'))
    await writeFile(join(home, 'mine', 'node_modules', 'also.js'), 'taken too')
    await symlink('nowhere', join(home, 'mine', 'link'))

    const demo = startWithNpm(['mine'], { cwd: home, env: { REDIS_URL: await ownRedis() } })
    expect(await demo.ended).toBe(0)
    await demo.leftNothing()
    const contents = [...Object.values(oddFiles), 'taken too']
    const bytes = contents.reduce((sum, content) => sum + Buffer.byteLength(content), 0)
    expect(demo.out).toMatch(new RegExp(`^ {2}files +${contents.length}$`, 'm'))
    expect(demo.out).toMatch(new RegExp(`^ {2}bytes +${bytes.toLocaleString('en')}$`, 'm'))
    expect(demo.out).toContain('the Redis of REDIS_URL')
    expect(demo.out).toContain('every digest is the same')
    expect(demo.out).not.toContain('\x1b[31mred')
  })

  // A file that tells each process something else.
  test.skipIf(!existsSync('/proc/self/status'))(
    'ends with 1 when a digest is not the same in the producer',
    async () => {
      expect((await stat('/proc/self/status')).isFile()).toBe(true)
      const demo = startProgram('producers/demo.ts', ['/proc/self/status'], { env: embedded })
      expect(await demo.ended).toBe(1)
      await demo.leftNothing()
      expect(demo.err).toMatch(/^ *mismatch: \/proc\/self\/status /m)
      expect(demo.out).not.toContain('every digest is the same')
      expect(demo.out).toContain('in quarantine')
    },
  )

  test.each([
    { args: ['/not/there'], env: {}, says: /^there is nothing at \/not\/there: .*\n$/ },
    { args: ['one', 'two'], env: {}, says: /^usage: .*\n$/ },
    { args: [], env: { REDIS_URL: 'redis://127.0.0.1:1' }, says: /^REDIS_UNREACHABLE: .*127\.0\.0\.1:1 .*\n$/ },
    { args: [], env: { REDIS_URL: 'nonsense' }, says: /^OPTIONS_INVALID connection: .*\n$/ },
  ])('says in one line that $args or $env is wrong, and ends with 1', async ({ args, env, says }) => {
    const demo = startProgram('producers/demo.ts', args, { env: { ...embedded, ...env } })
    expect(await demo.ended).toBe(1)
    expect(demo.err).toMatch(says)
    expect(demo.out).toBe('')
    await demo.leftNothing()
  })
})
