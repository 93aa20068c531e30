// Records the session of docs/cli.md anew: npx tsx test/docs/cli/record.ts, with a Redis at REDIS_URL.
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { page, playSession, readme, readSession, writeSession } from './session.ts'

const redisUrl = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const markdown = await readFile(page, 'utf8')
const commands = readSession(markdown).map(({ command }) => command)
const steps = await playSession(commands, `brine-record-${randomUUID()}`, redisUrl)
await writeFile(page, writeSession(markdown, steps))

const front = await readFile(readme, 'utf8')
const shown = readSession(front).map(({ command }) => command)
await writeFile(
  readme,
  writeSession(
    front,
    steps.filter(({ command }) => shown.includes(command)),
  ),
)
