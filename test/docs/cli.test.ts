import { readFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { exitCode } from '../../src/cli/exit-code.ts'
import { createProgram } from '../../src/cli/program.ts'
import { freshPrefix, redisUrl } from '../connection.ts'
import { page, playSession, readme, readSession, settle } from './cli/session.ts'

vi.setConfig({ testTimeout: 120_000 })

test('the session of docs/cli.md is what the commands print (npx tsx test/docs/cli/record.ts records it anew)', async () => {
  const recorded = readSession(await readFile(page, 'utf8'))
  expect(recorded.length).toBeGreaterThan(5)
  const played = await playSession(
    recorded.map(({ command }) => command),
    freshPrefix(),
    redisUrl,
  )
  expect(played.map(settle)).toEqual(recorded.map(settle))
})

test('the README shows a part of it', async () => {
  const recorded = readSession(await readFile(page, 'utf8'))
  const shown = readSession(await readFile(readme, 'utf8'))
  expect(shown.length).toBeGreaterThan(1)
  for (const step of shown) expect(recorded).toContainEqual(step)
})

test('docs/cli.md has every command and every exit code', async () => {
  const text = await readFile(page, 'utf8')
  for (const { name } of createProgram().commands.map((command) => ({ name: command.name() }))) {
    expect(text).toMatch(new RegExp(`^\\| \`${name}\\b`, 'm'))
  }
  for (const code of Object.values(exitCode)) expect(text).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'))
})
