import { deepStrictEqual } from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'
import { ofOrders } from '../cargo.ts'
import type { Cost } from '../clock.ts'
import { interleave } from '../interleave.ts'
import { type PeerName, peerNames, peers } from '../job-peers.ts'
import { makeOrder } from '../order.ts'
import type { Server } from '../server.ts'
import type { Cell, Table } from '../table.ts'
import type { FromParent } from './protocol.ts'

/** What a job costs by how many processes share the work. */
export async function benchProcesses({ settings, server }: Bench): Promise<Table[]> {
  const children = await Promise.all(Array.from({ length: Math.max(...settings.processes) }, startChild))
  const costs = await interleave(settings.processes, peerNames, settings.rounds, (processes, name) =>
    server.withPrefix(async (prefix) => {
      const cost = await playRound(server, prefix, name, children.slice(0, processes), settings.shared)
      return new Map([['done', cost]])
    }),
  )
  const rows = settings.processes.map((processes): Cell[] => {
    const [raw, brine] = [costs(processes, 'raw', 'done'), costs(processes, 'brine', 'done')]
    return [processes, 1000 / raw.ms, 1000 / brine.ms, raw.ms / brine.ms, raw.cpuUs, brine.cpuUs]
  })
  await Promise.all(
    children.map(async (child) => {
      child.disconnect()
      if (child.exitCode === null) await once(child, 'exit')
    }),
  )
  return [
    {
      id: 'growth-processes',
      title: 'Growth with worker processes: jobs a second of all together',
      against: `BrineMQ against raw BullMQ with JSON mapped by hand; orders of 3 line items, 50 at a time in each process. Redis and the processes share the ${availableParallelism()} cores of this machine. CPU time is that of all worker processes, each from its first job on, a job.`,
      columns: ['processes', 'raw jobs/s', 'BrineMQ jobs/s', 'ratio', 'raw CPU µs', 'BrineMQ CPU µs'],
      rows,
    },
  ]
}

async function startChild(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('work.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  return child
}

/** From the first job that is completed to the last, by the clock of whoever completed it. */
async function playRound(
  { url, redis }: Server,
  prefix: string,
  name: PeerName,
  children: readonly ChildProcess[],
  jobs: number,
): Promise<Cost> {
  const peer = peers[name](url, prefix, ofOrders)
  const bulk = Array.from({ length: Math.min(500, jobs) }, () => makeOrder(3))
  for (let sent = 0; sent < jobs; sent += bulk.length) await peer.enqueueBulk(bulk.slice(0, jobs - sent))
  const tell = (child: ChildProcess, message: FromParent) => child.send(message)
  for (const child of children) tell(child, { do: 'work', peer: name, url, prefix })
  const completed = `${peer.keys}:completed`
  while ((await redis.zcard(completed)) < jobs) await new Promise((resolve) => setTimeout(resolve, 10))
  const spent = await Promise.all(
    children.map(async (child) => {
      tell(child, { do: 'stop' })
      const [{ cpuUs }] = (await once(child, 'message')) as [{ cpuUs: number }]
      return cpuUs
    }),
  )
  deepStrictEqual(await peer.count(), { waiting: 0, completed: jobs, failed: 0 })
  const [[, first], [, last]] = await Promise.all([
    redis.zrange(completed, '0', '0', 'WITHSCORES'),
    redis.zrange(completed, '-1', '-1', 'WITHSCORES'),
  ])
  await peer.close()
  return { ms: (Number(last) - Number(first)) / jobs, cpuUs: spent.reduce((sum, us) => sum + us, 0) / jobs }
}
