import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { ContractJob, QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import { jsonFault } from '../notation/input/json-fault.ts'
import { CommandError } from './command-error.ts'
import { exitCode } from './exit-code.ts'
import { inSession } from './in-session.ts'
import { presentJson, presentText } from './jobs/present.ts'
import type { Session } from './session.ts'
import { parseCount, parseDuration } from './terminal/duration.ts'

interface Options {
  queue?: string
  file?: string
  payload?: string
  delay?: number
  priority?: number
  attempts?: number
  id?: string
  dryRun?: boolean
  wait?: boolean
  reveal?: boolean
}

/** `brine enqueue`: a job from JSON, through the contract. */
export function addEnqueue(program: Command): void {
  program
    .command('enqueue <job>')
    .description('enqueue a job, its payload read from JSON and validated by the contract (see docs/cli.md)')
    .option('-f, --file <path>', 'the payload, as JSON in a file; - for stdin')
    .option('-p, --payload <json>', 'the payload, as JSON')
    .option('-q, --queue <name>', 'the queue; default: the one that has such a job')
    .option('--delay <time>', 'such as 90s, 10m, 2h', parseDuration)
    .option('--priority <number>', 'lower goes first', parseCount(1))
    .option('--attempts <count>', 'how often it may be tried', parseCount(1))
    .option('--id <id>', "the job's id")
    .option('--dry-run', 'only validate, and show what would be enqueued')
    .option('--wait', 'wait for the result, and show it')
    .option('--reveal', 'show sensitive fields too')
    .action(
      inSession<Options, [string]>(async (session, options, name) => {
        const { contract, job } = await findDefinition(session, name, options.queue)
        const json = parse(await readText(options), job.name)
        const { readPayload } = await import('../notation/input/read-payload.ts')
        const { payload } = await readPayload(json, contract, job)
        const shown = { contract, job: job.name, reveal: options.reveal === true } as const
        const { terminal } = session
        if (options.dryRun) {
          if (session.json) terminal.json({ valid: true, payload: presentJson(payload, { ...shown, part: 'payload' }) })
          else terminal.print(`valid: ${presentText(payload, { ...shown, part: 'payload' })}`)
          return undefined
        }
        const producer = await session.producer(contract)
        const handle = await producer.enqueue(job.name, payload, enqueueOptions(options))
        const { id } = handle
        if (!options.wait) {
          if (session.json) terminal.json({ queue: contract.name, job: job.name, id })
          else terminal.print(`enqueued ${job.name} ${id} in ${contract.name}`)
          return undefined
        }
        if (!session.json) terminal.say(`enqueued ${job.name} ${id} in ${contract.name}, waiting for its result`)
        const result = { value: await handle.result() }
        if (session.json) {
          const value = presentJson(result.value, { ...shown, part: 'result' })
          terminal.json({ queue: contract.name, job: job.name, id, result: value })
        } else terminal.print(presentText(result.value, { ...shown, part: 'result' }))
        return undefined
      }),
    )
}

/** The job's entry, in the named queue or in the only one that has it. */
async function findDefinition(
  session: Session,
  name: string,
  queue: string | undefined,
): Promise<{ contract: QueueContract; job: ContractJob }> {
  const { queues } = await session.config()
  const among = queue === undefined ? queues : [await session.contract(queue)]
  const having = among.flatMap((contract) => {
    const job = contract.entries.get(name)
    return job ? [{ contract, job }] : []
  })
  const [first, ...others] = having
  if (first && others.length === 0) return first
  if (first) {
    const names = having.map(({ contract }) => contract.name).join(' and ')
    throw new CommandError(exitCode.usage, `${names} have a job '${name}': say which with --queue`)
  }
  const known = among.map((contract) => `${contract.name} has ${[...contract.entries.keys()].join(', ')}`).join('; ')
  throw new CommandError(exitCode.usage, `there is no job '${name}': ${known}`)
}

async function readText({ file, payload }: Options): Promise<string> {
  if ((file === undefined) === (payload === undefined)) {
    throw new CommandError(exitCode.usage, 'give the payload with --file payload.json (- for stdin), or --payload JSON')
  }
  if (payload !== undefined) return payload
  if (file === '-') {
    let text = ''
    for await (const part of process.stdin.setEncoding('utf8')) text += part
    return text
  }
  return readFile(String(file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(exitCode.usage, `${file} cannot be read (${error.code}): name a file of JSON`)
  })
}

function parse(text: string, job: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the payload, which goes into the shell's scrollback and the logs of whatever ran this.
    const { line, column } = jsonFault(text)
    const where = `line ${line}, column ${column}`
    throw new CommandError(exitCode.failed, `PAYLOAD_INVALID ${job}: is no JSON from ${where} on`)
  }
}

function enqueueOptions({ delay, priority, attempts, id }: Options): EnqueueOptions {
  return {
    ...(delay !== undefined && { delay }),
    ...(priority !== undefined && { priority }),
    ...(attempts !== undefined && { attempts }),
    ...(id !== undefined && { jobId: id }),
  }
}
