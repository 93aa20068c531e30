// A worker in a process of its own, for signals.test.ts: it tells its parent what happens, and the parent sends signals.

import { setTimeout as wait } from 'node:timers/promises'
import { createWorker, defineQueue } from 'brinemq'
import { z } from 'zod'

const { REDIS_URL: connection = '', PREFIX: prefix = '', LISTENS: listens, GRACE_MS: grace } = process.env
const contract = defineQueue('signals', { prefix, jobs: { work: { payload: z.number() } } })

const tell = (word: string) => process.send?.(word)

if (listens) process.on('SIGTERM', () => tell('heard'))
process.on('exit', () => tell('exit'))

const worker = createWorker(contract, {
  connection,
  graceMs: Number(grace ?? 10_000),
  handlers: {
    work: async (ms, { signal }) => {
      tell('started')
      await wait(ms, undefined, { signal })
      tell('finished')
    },
  },
})
process.on('message', (word) => {
  if (word === 'close') void worker.close()
})
await worker.waitUntilReady()
tell('ready')
// The channel to the parent is not what keeps this process alive.
process.channel?.unref()
