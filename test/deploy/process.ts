// A producer or a worker of a build, in a process of its own: it begins at SIGUSR2 and goes on until SIGTERM.

import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { createProducer, createWorker } from 'brinemq'
import { Redis } from 'ioredis'
import { type BuildName, build } from './builds.ts'

const { REDIS_URL: connection = '', PREFIX: prefix = '', ROLE: role, BUILD: name } = process.env
const { contract, jobs, knows } = build(name as BuildName, prefix)
const redis = new Redis(connection)
let over = false
process.once('SIGTERM', () => {
  over = true
})
const begins = once(process, 'SIGUSR2')
console.log('loaded')
await begins

if (role === 'producer') {
  const producer = createProducer(contract, { connection })
  for (let turn = 0; !over; turn += 1) {
    const [job = '', make = () => undefined] = jobs[turn % jobs.length] ?? []
    const { id } = await (Reflect.apply(producer.enqueue, undefined, [job, make(), { attempts: 1 }]) as ReturnType<
      typeof producer.enqueue
    >)
    await redis.sadd(`${prefix}:enqueued:${name}`, id)
    if (turn === 0) console.log('begun')
    await wait(10)
  }
  await producer.close()
} else {
  const handle = async (payload: unknown, { id, name: job }: { id: string; name: string }) => {
    await redis.hincrby(`${prefix}:runs`, id, 1)
    if (knows[job]?.(payload as never) !== true) throw new Error(`${name} was given a shape that it does not know`)
  }
  const options = {
    ...{ connection, concurrency: 5, shutdownOnSignals: false, maxStartedAttempts: 1 },
    handlers: Object.fromEntries([...contract.entries.keys()].map((job) => [job, handle])),
  }
  const worker = Reflect.apply(createWorker, undefined, [contract, options]) as ReturnType<typeof createWorker>
  await worker.waitUntilReady()
  console.log('begun')
  while (!over) await wait(20)
  await worker.close()
}
redis.disconnect()
