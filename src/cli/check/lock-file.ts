import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { type Lock, parseLock, writeLock } from '../../compatibility/lock.ts'
import { replaceFile } from '../../store/replace-file.ts'
import { CommandError, describeFailure } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'

/** The path of the lock: that which was named, or brine.lock.json beside the configuration; as it reads from here. */
export function lockPath(config: string, named: string | undefined): string {
  const path = named === undefined ? join(dirname(config), 'brine.lock.json') : resolve(named)
  const here = relative(process.cwd(), path)
  return here.startsWith('..') || here === '' ? path : here
}

/** Undefined when there is none. Throws a CommandError for one that cannot be read. */
export async function readLock(path: string): Promise<Lock | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (Reflect.get(Object(cause), 'code') === 'ENOENT') return undefined
    throw new CommandError(exitCode.usage, `${path} cannot be read: ${describeFailure(cause).message}`, { cause })
  }
  return parseLock(text)
}

export async function saveLock(path: string, lock: Lock): Promise<void> {
  try {
    await replaceFile(path, writeLock(lock))
  } catch (cause) {
    throw new CommandError(exitCode.failed, `${path} cannot be written: ${describeFailure(cause).message}`, { cause })
  }
}
