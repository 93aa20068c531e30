import { randomUUID } from 'node:crypto'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { openProducer, openWorker, peopleQueue } from './people.ts'

/** How many commands Redis was sent, and how many its scripts ran. */
interface Commands {
  sent: number
  inScripts: number
}

interface Peer {
  prefix: string
  enqueue(): Promise<unknown>
  enqueueBulk(count: number): Promise<unknown>
  /** Works through so many jobs that wait, one after the other. */
  process(count: number): Promise<void>
}

function openRaw(): Peer {
  const prefix = freshPrefix()
  const connection = openClient()
  const queue = new Queue('people', { connection, prefix })
  onTestFinished(() => queue.close())
  return {
    prefix,
    // With ids, by which one that is sent twice is added once: ours have them too, and seals are bound to them.
    enqueue: () => queue.add('anything', 1, { jobId: randomUUID() }),
    enqueueBulk: (count) =>
      queue.addBulk(
        Array.from({ length: count }, () => ({ name: 'anything', data: 1, opts: { jobId: randomUUID() } })),
      ),
    async process(count) {
      const worker = new Worker('people', async ({ data }) => data, { connection, prefix })
      await completed(worker, count)
      await worker.close()
    },
  }
}

function openOurs(handler: Parameters<typeof openWorker>[1] = (payload) => payload): Peer {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const item = { name: 'anything', payload: 1 } as const
  return {
    prefix: `${contract.prefix}`,
    enqueue: () => producer.enqueue('anything', 1),
    enqueueBulk: (count) => producer.enqueueBulk(Array.from({ length: count }, () => item)),
    async process(count) {
      const worker = openWorker(contract, handler)
      await completed(worker.bullmq, count)
      await worker.close()
    },
  }
}

function completed(worker: Pick<Worker, 'on'>, count: number): Promise<void> {
  let left = count
  return new Promise((resolve) => {
    worker.on('completed', () => {
      left -= 1
      if (left === 0) resolve()
    })
  })
}

let told: (source: string, text: string) => void = () => {}

const asking = new Redis(redisUrl)
const monitoring = asking.monitor()

beforeAll(async () => {
  const monitor = await monitoring
  monitor.on('monitor', (_time: string, args: string[], source: string) => told(source, args.join(' ')))
})

afterAll(async () => {
  asking.disconnect()
  const monitor = await monitoring
  monitor.disconnect()
})

/** The commands on keys of a prefix that some work takes. */
async function commandsOf(prefix: string, work: () => Promise<unknown>): Promise<Commands> {
  const commands: Commands = { sent: 0, inScripts: 0 }
  // The monitor may tell of earlier ones yet.
  await allTold()
  const count = (source: string, text: string) => {
    if (text.includes(`${prefix}:`)) commands[source === 'lua' ? 'inScripts' : 'sent'] += 1
  }
  told = count
  await work()
  await allTold(count)
  return commands
}

async function allTold(count: typeof told = () => {}): Promise<void> {
  const mark = randomUUID()
  const marked = new Promise<void>((resolve) => {
    told = (source, text) => (text.includes(mark) ? resolve() : count(source, text))
  })
  await openClient().echo(mark)
  await marked
  told = () => {}
}

// What a worker asks when it starts and when nothing waits any more is the same for few jobs and for many.
async function commandsOfEach(peer: Peer): Promise<Commands> {
  const [few, many] = [5, 25]
  await peer.process(2)
  await peer.enqueueBulk(few)
  const ofFew = await commandsOf(peer.prefix, () => peer.process(few))
  await peer.enqueueBulk(many)
  const ofMany = await commandsOf(peer.prefix, () => peer.process(many))
  const each = (of: keyof Commands) => Math.round((ofMany[of] - ofFew[of]) / (many - few))
  return { sent: each('sent'), inScripts: each('inScripts') }
}

const first = async (peer: Peer) => {
  // Until then the connection, the scripts and the options are made known.
  await peer.enqueue()
  await peer.enqueue()
  return peer
}

test.each<[string, (peer: Peer) => Promise<Commands>]>([
  ['to be enqueued', (peer) => commandsOf(peer.prefix, peer.enqueue)],
  ['to be enqueued with 49 others', (peer) => commandsOf(peer.prefix, () => peer.enqueueBulk(50))],
  ['to be worked on', commandsOfEach],
])('a job takes no more commands of Redis %s than one of bare BullMQ', async (_what, measure) => {
  const raw = await measure(await first(openRaw()))
  const ours = await measure(await first(openOurs()))
  expect(raw.sent).toBeGreaterThan(0)
  expect(ours).toEqual(raw)
})

test.each<[string, number, Parameters<typeof openWorker>[1]]>([
  ['progress that is reported', 1, (_payload, { progress }) => progress(1)],
  ['a line of its log', 1, (_payload, { log }) => log('begun')],
  ['nothing that its context tells', 0, (_payload, { id, attempt, enqueuedAt }) => [id, attempt, enqueuedAt]],
])('a job takes one command more for %s: %i', async (_what, more, handler) => {
  const plain = await commandsOfEach(await first(openOurs()))
  const featured = await commandsOfEach(await first(openOurs(handler)))
  expect(featured.sent - plain.sent).toBe(more)
})

test('scripts that Redis has forgotten are loaded again, by producers and workers', async () => {
  const peer = await first(openOurs())
  await peer.process(2)
  await openClient().script('FLUSH')
  await peer.enqueue()
  await peer.enqueueBulk(3)
  await openClient().script('FLUSH')
  await peer.process(4)
})
