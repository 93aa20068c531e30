import { createProducer, createWorker, type Producer } from 'brinemq'
import { Redis } from 'ioredis'
import { loans, Money, orders, Reader } from './library.ts'

/** A reader, in a circle of two. */
export function ann(): Reader {
  const [one, other] = [new Reader(), new Reader()]
  Object.assign(one, { name: 'Ann', born: new Date('1999-01-01'), card: '4111-secret', friends: [other] })
  Object.assign(other, { name: 'Bob', born: new Date('2001-02-03'), friends: [one] })
  return one
}

/** What the tests find in Redis: jobs in most states, one of which nobody can read. Gives a client of it. */
export async function setStage(prefix: string, redisUrl: string) {
  const client = new Redis(redisUrl)
  const producer: Producer<typeof loans> = createProducer(loans, { connection: redisUrl, prefix })
  const due = new Date('2030-01-01')
  const payload = { to: ann(), due, fee: new Money(500n, 'EUR'), tags: new Set(['new']) }
  const nobody = Object.assign(new Reader(), { name: 'Nobody' })
  const options = { attempts: 1 }
  const [done, failed, again, cut] = await producer.enqueueBulk([
    { name: 'lend', payload, options: { jobId: 'done' } },
    { name: 'lend', payload: { ...payload, to: nobody }, options: { ...options, jobId: 'lost' } },
    { name: 'lend', payload: { ...payload, to: nobody }, options: { ...options, jobId: 'lost-too' } },
    { name: 'remind', payload: { to: ann() }, options: { jobId: 'cut' } },
  ])
  await client.hset(`${prefix}:loans:cut`, 'data', '{"brine":1,')
  const worker = createWorker(loans, {
    connection: redisUrl,
    prefix,
    name: 'desk',
    shutdownOnSignals: false,
    handlers: {
      lend: async ({ to, due: at }, { log }) => {
        await log(`looked for ${to.name}`)
        if (to.name === 'Nobody') throw new RangeError(`no reader "${to.name}" among 31`)
        return { shelf: 'A7', at }
      },
      remind: () => {},
    },
  })
  await done.result()
  await Promise.all([failed, again, cut].map((job) => job.result().catch(() => {})))
  await worker.close()
  await producer.enqueue('remind', { to: ann() }, { jobId: 'later', delay: 3_600_000 })
  await producer.enqueue('remind', { to: ann() }, { jobId: 'next' })
  await producer.enqueue('remind', { to: ann() }, { jobId: 'broken' })
  await client.hset(`${prefix}:loans:broken`, 'data', '{"brine":1,\u001b[31m')
  const ordering = createProducer(orders, { connection: redisUrl, prefix })
  await ordering.enqueue('order', new Money(1n, 'EUR'), { jobId: 'both' })
  await producer.enqueue('remind', { to: ann() }, { jobId: 'both' })
  await ordering.close()
  await producer.close()
  return client
}
