import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CommandError } from '../../../src/cli/command-error.ts'
import { findConfig, lookForConfig } from '../../../src/cli/config/find-config.ts'
import { exitCode } from '../../../src/cli/exit-code.ts'
import { freshPrefix } from '../../connection.ts'
import { brine } from '../brine.ts'

const stranger = 4_242
const user = process.geteuid?.()
const isRoot = user === 0

/** A folder with a configuration, and one within it. */
async function open() {
  const above = await mkdtemp(join(tmpdir(), 'brine-'))
  onTestFinished(() => rm(above, { recursive: true }))
  const path = join(above, 'brine.config.mjs')
  await writeFile(path, 'throw new Error("it ran")')
  const within = join(above, 'within', 'deeper')
  await mkdir(within, { recursive: true })
  return { above, path, within }
}

/** What a search finds as somebody else than who owns the files. */
async function lookAsAnother(from: string, ...theirs: string[]): Promise<string | undefined> {
  if (!isRoot) return lookForConfig(from, stranger)
  for (const path of theirs) await chown(path, stranger, stranger)
  return lookForConfig(from)
}

function refusal(of: Promise<unknown>): Promise<unknown> {
  return of.then(() => undefined).catch((error: unknown) => error)
}

describe.skipIf(user === undefined)('a configuration above the working directory', () => {
  test('is found when it is the own one', async () => {
    const { path, within } = await open()
    expect(lookForConfig(within)).toBe(path)
  })

  test('is refused when it belongs to another user, and can be named', async () => {
    const { path, within } = await open()
    const error = await refusal(lookAsAnother(within, path))
    expect(error).toBeInstanceOf(CommandError)
    expect(error).toMatchObject({ exit: exitCode.usage, message: expect.stringContaining(`--config ${path}`) })
    expect(findConfig(path, within)).toBe(path)
  })

  test.runIf(isRoot)('is refused when its folder belongs to another user', async () => {
    const { above, path, within } = await open()
    expect(await refusal(lookAsAnother(within, above))).toMatchObject({ message: expect.stringContaining(path) })
  })

  test('is refused when everybody may write it', async () => {
    const { path, within } = await open()
    await chmod(path, 0o666)
    const error = await refusal(Promise.resolve().then(() => lookForConfig(within)))
    expect(error).toMatchObject({ exit: exitCode.usage, message: expect.stringContaining(path) })
    await chmod(path, 0o664)
    expect(lookForConfig(within)).toBe(path)
  })

  test('is in the working directory of whoever goes there', async () => {
    const { above, path } = await open()
    await chmod(path, 0o666)
    expect(await lookAsAnother(above, path, above)).toBe(path)
  })

  test('is not run by a command that refuses it', async () => {
    const { path, within } = await open()
    await chmod(path, 0o666)
    const prefix = freshPrefix()
    const refused = await brine(['status'], { prefix, cwd: within })
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining(`--config ${path}`) })
    expect(refused.err).not.toContain('it ran')
    const named = await brine(['status', '--config', path], { prefix, cwd: within })
    expect(named).toMatchObject({ code: 2, err: expect.stringContaining('it ran') })
  })
})
