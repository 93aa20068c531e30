import type { QueueContract } from '../../contract/contract.ts'
import type { Quarantine } from '../../quarantine/quarantine.ts'
import type { QuarantineFilter } from '../../quarantine/quarantined-job.ts'
import { CommandError } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'

/** The options by which jobs in quarantine are chosen. */
export interface ChoosingOptions {
  queue?: string
  code?: string
  job?: string
  path?: string
  since?: number
  all?: boolean
}

export interface OpenedQuarantine {
  readonly contract: QueueContract
  readonly quarantine: Quarantine
}

/** The quarantines of all queues, or of the one that was named. */
export async function openQuarantines(session: Session, queue: string | undefined): Promise<OpenedQuarantine[]> {
  const { queues } = await session.config()
  const contracts = queue === undefined ? queues : [await session.contract(queue)]
  const { client } = await session.connect()
  const { createQuarantine } = await import('../../quarantine/create-quarantine.ts')
  return Promise.all(
    contracts.map(async (contract) => {
      const quarantine = createQuarantine(contract, { connection: client, prefix: await session.prefix(contract) })
      session.onEnd(() => quarantine.close())
      return { contract, quarantine }
    }),
  )
}

/** What the options say of the jobs that are meant. */
export function filterOf({ code, job, path, since }: ChoosingOptions): QuarantineFilter {
  return {
    ...(code !== undefined && { code }),
    ...(job !== undefined && { job }),
    ...(path !== undefined && { path }),
    ...(since !== undefined && { since: new Date(Date.now() - since) }),
  }
}

/** Those that are meant, queue by queue: some by their ids, or those that a filter holds for. Throws a CommandError. */
export async function choose(
  session: Session,
  ids: readonly string[],
  options: ChoosingOptions,
): Promise<(OpenedQuarantine & { which: string[] | QuarantineFilter; count: number })[]> {
  const filter = filterOf(options)
  const filtered = Object.keys(filter).length > 0 || options.all === true
  if (filtered === ids.length > 0) {
    throw new CommandError(exitCode.usage, 'name the jobs by their ids, or by --code, --job, --path, --since, or --all')
  }
  const opened = await openQuarantines(session, options.queue)
  if (filtered) {
    const counted = opened.map(async (one) => {
      const groups = await one.quarantine.groups(filter)
      return { ...one, which: filter, count: groups.reduce((sum, { count }) => sum + count, 0) }
    })
    return (await Promise.all(counted)).filter(({ count }) => count > 0)
  }
  const missing = new Set(ids)
  const chosen: (OpenedQuarantine & { which: string[]; count: number })[] = []
  for (const one of opened) {
    const which: string[] = []
    for (const id of ids) if (await one.quarantine.get(id)) which.push(id)
    for (const id of which) missing.delete(id)
    if (which.length > 0) chosen.push({ ...one, which, count: which.length })
  }
  if (missing.size === 0) return chosen
  const names = opened.map(({ contract }) => contract.name).join(', ')
  throw new CommandError(
    exitCode.failed,
    `not in the quarantine of ${names}: ${[...missing].join(', ')}; nothing was done`,
  )
}
