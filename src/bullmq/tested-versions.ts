import { readFileSync } from 'node:fs'
import { findOwnFile } from '../own-file.ts'
import { resolveFrom } from '../resolve-from.ts'

/** The BullMQ releases that the tests of the queue ran with. Add one when `npm run test:latest` passes with it. */
export const testedVersions: readonly string[] = ['6.7.0']

/**
 * Whether the shortcuts around BullMQ's own code may be used. They reuse arguments of its scripts, and another release may add one that
 * differs for each job. Without them BullMQ adds and ends every job itself.
 */
export function allowsShortcuts(version: string): boolean {
  return testedVersions.includes(version)
}

/** The installed BullMQ release; undefined in a bundle. */
export function readBullMQVersion(): string | undefined {
  const index = findOwnFile('index')
  const file = index && resolveFrom(index, 'bullmq/package.json')
  if (!file) return undefined
  const { version }: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'))
  return typeof version === 'string' ? version : undefined
}
