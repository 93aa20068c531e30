import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Program, startProgram, startWithNpm } from '../program.ts'

// Enough that Ctrl-C comes while workers run.
const files = 1_500
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brine-demo-'))
  await Promise.all(Array.from({ length: files }, (_, index) => writeFile(join(folder, `${index}`), `${index}`)))
})
afterAll(() => rm(folder, { recursive: true }))

type Send = (program: Program) => void
const toDemo: Send = ({ pid }) => process.kill(pid, 'SIGINT')
const toGroup: Send = ({ pid }) => process.kill(-pid, 'SIGINT')
const twice: Send = (program) => {
  toGroup(program)
  toGroup(program)
}
const terminate: Send = ({ pid }) => process.kill(pid, 'SIGTERM')

const said = (text: string) => (program: Program) => program.said(text)

/** Resolves when the demo listens to signals: SIGHUP is the last, and Node itself does not listen to it. */
async function listens({ pid }: Program): Promise<void> {
  for (;;) {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
    if ((BigInt(`0x${caught}`) & 1n) === 1n) return
  }
}

// Whose processes are left can only be told where Linux shows them.
describe.skipIf(!existsSync('/proc/self/environ'))('the demo at Ctrl-C', { timeout: 60_000 }, () => {
  test.each([
    { moment: 'as soon as it listens', arrived: listens, how: 'of the whole group', send: toGroup },
    { moment: 'while workers start', arrived: said('which keeps nothing'), how: 'sent to it alone', send: toDemo },
    { moment: 'in its first part', arrived: said('1. '), how: 'pressed twice', send: twice },
    { moment: 'while workers digest', arrived: said(' of 1500'), how: 'of the whole group', send: toGroup },
    { moment: 'while workers digest', arrived: said(' of 1500'), how: 'pressed twice', send: twice },
    {
      moment: 'in its last part',
      arrived: said('refused at'),
      how: 'sent to it alone',
      send: toDemo,
      path: 'package.json',
    },
    { moment: 'while workers digest', arrived: said(' of 1500'), how: 'by SIGTERM', send: terminate },
  ])('ends with 0 and leaves nothing behind: $moment, $how', async ({ arrived, send, path = folder }) => {
    const demo = startProgram('producers/demo.ts', [path], { env: { REDIS_URL: '' } })
    await arrived(demo)
    send(demo)
    expect(await demo.ended).toBe(0)
    await demo.leftNothing()
    expect(demo.err).toBe('')
    expect(demo.out).toContain('stopping')
  })

  test('ends with 0 and leaves nothing behind under npm', async () => {
    const demo = startWithNpm([folder], { env: { REDIS_URL: '' } })
    await demo.said(' of 1500')
    toGroup(demo)
    // The script says `exec`: a shell between npm and the demo would get the signal too, and end by it.
    expect(await demo.ended).toBe(0)
    await demo.leftNothing()
    expect(demo.out).toContain('stopping')
  })

  test('leaves nothing behind when it is killed', async () => {
    const demo = startProgram('producers/demo.ts', [folder], { env: { REDIS_URL: '' } })
    await demo.said(' of 1500')
    demo.child.kill('SIGKILL')
    await demo.leftNothing()
  })
})
