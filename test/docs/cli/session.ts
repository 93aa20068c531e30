// The session that docs/cli.md and the README show: what is typed there is run, in order, on a stage that is the same each time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setStage } from '../../cli/project/stage.ts'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export const page = file('../../../docs/cli.md')
export const readme = file('../../../README.md')
const project = file('../../cli/project')
const main = file('../../../src/cli/main.ts')

/** A command, and what it prints. */
export interface Step {
  command: string
  output: string
}

const block = /^```console\n(.*?)^```$/ms

/** The session that a page shows. */
export function readSession(markdown: string): Step[] {
  const [, text = ''] = block.exec(markdown) ?? []
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [command = '', ...lines] = step.split('\n')
      return { command, output: lines.join('\n').trim() }
    })
}

/** The page with another session in place of its own. */
export function writeSession(markdown: string, steps: readonly Step[]): string {
  const text = steps.map(({ command, output }) => `$ ${command}\n${output}\n`).join('\n')
  return markdown.replace(block, () => `\`\`\`console\n${text}\`\`\``)
}

/** Runs the commands, one after the other. */
export async function playSession(commands: readonly string[], prefix: string, redisUrl: string): Promise<Step[]> {
  const client = await setStage(prefix, redisUrl)
  client.disconnect()
  const steps: Step[] = []
  for (const command of commands) steps.push({ command, output: await run(command, prefix, redisUrl) })
  return steps
}

async function run(command: string, prefix: string, redisUrl: string): Promise<string> {
  const [, ...args] = (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ''))
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    cwd: project,
    env: { ...process.env, REDIS_URL: redisUrl, PREFIX: prefix },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  await once(child, 'close')
  return output.trim()
}

/** Without what differs from run to run: times, random ids, and the widths of columns that follow from them. */
export function settle({ command, output }: Step): Step {
  const settled = output
    .replace(/\d{4}-\d{2}-\d{2}T(?!00:00:00\.000Z)[\d:.]+Z/g, '<time>')
    .replace(/\d+(?:\.\d+)? (?:ms|s|m|h|d)\b/g, '<a while>')
    .replace(/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/g, '<id>')
    .replace(/ {2,}/g, '  ')
  return { command, output: settled }
}
