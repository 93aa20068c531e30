import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshPrefix } from '../connection.ts'
import { brine, brineProcess } from './brine.ts'

vi.setConfig({ testTimeout: 90_000 })

// No Redis is asked.
const options = { prefix: freshPrefix(), env: { REDIS_URL: 'redis://127.0.0.1:1' } }

test('brine check answers with its table, its JSON and its exit code, and writes the lock when all is safe', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'brine-check-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const lock = join(folder, 'released.json')
  const update = await brineProcess(['check', '--update', '--lock', lock, '--json'], options)
  expect(update).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(update.out)).toMatchObject({ safe: true, upToDate: false, updated: true, lock })
  const released = await readFile(lock, 'utf8')

  const older = join(folder, 'older.json')
  await writeFile(older, released.replace('"type": "bigint"', '"type": "number"'))
  const torn = join(folder, 'torn.json')
  await writeFile(torn, '<<<<<<< HEAD')
  const [good, bad, same, missing, broken, misled, unknown] = await Promise.all([
    brine(['check', '--lock', lock], options),
    brine(['check', '--lock', older, '--json'], options),
    brine(['check', '--lock', older, '--update'], options),
    brine(['check', '--lock', join(folder, 'none.json')], options),
    brine(['check', '--lock', torn], options),
    brine(['check', '--lock', lock, '--retire', 'money@1'], options),
    brine(['check', '--lock', lock, '--update', '--retire', 'nobody'], options),
  ])
  expect(good).toMatchObject({ code: 0, err: '' })
  expect(good.out.trimEnd().split('\n').at(-1)).toBe('all that was released is read')
  expect(bad).toMatchObject({ code: 1, err: '' })
  expect(JSON.parse(bad.out)).toMatchObject({
    safe: false,
    updated: false,
    checked: expect.arrayContaining([
      {
        ...{ kind: 'model', name: 'money', version: 1, verdict: 'needs-version' },
        findings: [expect.objectContaining({ code: 'type-changed', version: 1, part: 'fields', path: '$.amount' })],
      },
    ]),
  })
  expect(same).toMatchObject({ code: 1, out: expect.stringContaining('was left as it was') })
  expect(await readFile(older, 'utf8')).toContain('"type": "number"')
  expect(missing).toMatchObject({ code: 2, out: '', err: expect.stringContaining('brine check --update') })
  expect(broken).toMatchObject({ code: 2, out: '', err: expect.stringContaining('OPTIONS_INVALID') })
  expect(misled).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--update') })
  expect(unknown).toMatchObject({ code: 2, out: '', err: expect.stringContaining("has no 'nobody'") })
  expect(await readFile(lock, 'utf8')).toBe(released)

  const retired = await brine(['check', '--lock', older, '--update', '--retire', 'money@1'], options)
  expect(retired).toMatchObject({ code: 0, err: '' })
  const lines = (text: string) => text.split(/,?\n/).sort()
  expect(lines(await readFile(older, 'utf8'))).toEqual(lines(released))
})
