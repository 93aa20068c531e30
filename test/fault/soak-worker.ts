// A worker of the soak: each job takes a moment, so that some are under way whenever something dies.
import { setTimeout as wait } from 'node:timers/promises'
import { createWorker } from 'brinemq'
import { printHeld, soaked } from './soak.ts'

printHeld()
createWorker(soaked, {
  ...{ connection: process.env['REDIS_URL'], prefix: process.env['PREFIX'], concurrency: 20, graceMs: 0 },
  // What dies with a job is to be made good within the soak.
  ...{ lockDuration: 3_000, stalledInterval: 1_000 },
  onError: () => {},
  handlers: {
    soak: async ({ number }) => {
      await wait(20)
      return number * 2
    },
  },
})
