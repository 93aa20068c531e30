import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bench } from './bench.ts'
import { type Cargo, ofOrders, ofPeople } from './cargo.ts'
import { type Peer, peerNames, peers } from './job-peers.ts'
import { median } from './measure.ts'
import { makeOrder, Person } from './order.ts'
import { memoryOf, type Server } from './server.ts'
import type { Cell, Table } from './table.ts'

// Programs of plain JavaScript: what compiles TypeScript would be most of their memory.
const tell = `
await new Promise((resolve) => setTimeout(resolve, 200))
gc()
const { rss, heapUsed } = process.memoryUsage()
console.log(JSON.stringify({ rss, heapUsed }))
process.exit()`

const programs: Record<string, string> = {
  'Node alone': '',
  'raw BullMQ': `
const { Worker } = await import('bullmq')
const worker = new Worker('idle', async ({ data }) => data, { connection: { url: process.argv[1] }, prefix: process.argv[2] })
await worker.waitUntilReady()`,
  'raw BullMQ, and zod': `
const { Worker } = await import('bullmq')
const { z } = await import('zod')
const person = z.object({ name: z.string(), age: z.number() })
const process_ = async ({ data }) => person.parse(data)
const worker = new Worker('idle', process_, { connection: { url: process.argv[1] }, prefix: process.argv[2] })
await worker.waitUntilReady()`,
  BrineMQ: `
const { createWorker, defineModel, defineQueue } = await import(process.argv[3])
const { z } = await import('zod')
class Person {}
const person = defineModel(Person, { tag: 'person', fields: z.object({ name: z.string(), age: z.number() }) })
const queue = defineQueue('idle', { models: [person], jobs: { greet: { payload: person.schema, result: z.string() } } })
const handlers = { greet: async ({ name }) => name }
const worker = createWorker(queue, { connection: process.argv[1], prefix: process.argv[2], handlers })
await worker.waitUntilReady()`,
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Measures the memory of a worker process that has nothing to do, and of jobs that wait. */
export async function benchMemory(bench: Bench): Promise<Table[]> {
  return [
    {
      id: 'memory-process',
      title: 'Memory of an idle worker process',
      against: 'Node processes, of which each but the first runs one worker, after a collection of garbage; medians.',
      columns: ['process', 'RSS MB', 'heap MB', 'RSS beside raw MB'],
      rows: await measureProcesses(bench),
    },
    {
      id: 'memory-jobs',
      title: 'Memory of a waiting job, in Redis',
      against:
        'By what Redis uses more after jobs were enqueued in bulks, their share of lists and events included. A hash whose values are all under 65 bytes takes a third (`hash-max-listpack-value`), and an envelope is longer. BrineMQ against raw BullMQ with JSON mapped by hand.',
      columns: ['payload', 'jobs', 'raw bytes', 'BrineMQ bytes', 'ratio'],
      rows: await measureJobs(bench),
    },
  ]
}

async function measureProcesses({ settings, server, library }: Bench): Promise<Cell[][]> {
  const found = new Map(Object.keys(programs).map((name) => [name, { rss: [] as number[], heap: [] as number[] }]))
  for (let round = 0; round < settings.idle; round += 1) {
    // At once: the time that they take says nothing of their memory.
    await Promise.all(
      Object.entries(programs).map(async ([name, program]) => {
        const { rss, heapUsed } = await server.withPrefix((prefix) =>
          run(program + tell, [server.url, prefix, library]),
        )
        found.get(name)?.rss.push(rss / 2 ** 20)
        found.get(name)?.heap.push(heapUsed / 2 ** 20)
      }),
    )
  }
  const rssOf = (name: string) => median(found.get(name)?.rss ?? [])
  return [...found].map(([name, { heap }]) => [name, rssOf(name), median(heap), rssOf(name) - rssOf('raw BullMQ')])
}

async function run(program: string, args: readonly string[]): Promise<{ rss: number; heapUsed: number }> {
  const typescript = args.some((arg) => arg.endsWith('.ts')) ? ['--import', 'tsx'] : []
  const options = [...typescript, '--expose-gc', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, [...options, '--', ...args], { cwd: root })
  return JSON.parse(stdout)
}

async function measureJobs({ settings, server }: Bench): Promise<Cell[][]> {
  const jobs = Math.ceil((5 * settings.atOnce) / settings.bulk) * settings.bulk
  const rowOf = async <Value extends object, Plain>(
    title: string,
    cargo: Cargo<Value, Plain>,
    value: Value,
  ): Promise<Cell[]> => {
    const bytes = { raw: 0, brine: 0 }
    for (const name of peerNames) {
      const peerBytes = (prefix: string) =>
        bytesOf(server, peers[name](server.url, prefix, cargo), value, jobs, settings.bulk)
      bytes[name] = await server.withPrefix(peerBytes)
    }
    return [title, jobs, Math.round(bytes.raw), Math.round(bytes.brine), bytes.brine / bytes.raw]
  }
  const rows = [await rowOf('Person', ofPeople, new Person('John', 20))]
  for (const items of settings.jobOrders) rows.push(await rowOf(`order of ${items}`, ofOrders, makeOrder(items)))
  return rows
}

async function bytesOf<Value>(
  { redis }: Server,
  peer: Peer<Value>,
  value: Value,
  jobs: number,
  bulk: number,
): Promise<number> {
  const values = Array.from({ length: bulk }, () => value)
  await peer.enqueue(value)
  const before = await memoryOf(redis, 'used_memory')
  for (let sent = 0; sent < jobs; sent += bulk) await peer.enqueueBulk(values)
  const after = await memoryOf(redis, 'used_memory')
  await peer.close()
  return (after - before) / jobs
}
