// A worker whose process some of its jobs end, or keep busy. It says which jobs began.
import { setTimeout as wait } from 'node:timers/promises'
import { createWorker } from 'brinemq'
import { mortals } from './mortal.ts'

const lockMs = Number(process.env['LOCK_MS'])

createWorker(mortals, {
  connection: process.env['REDIS_URL'],
  prefix: process.env['PREFIX'],
  concurrency: 10,
  lockDuration: lockMs,
  stalledInterval: lockMs / 3,
  handlers: {
    live: async ({ ms }, { id }) => {
      console.log(`began ${id}`)
      await wait(ms)
      return 'alive' as const
    },
    kill: async ({ afterMs }, { id }) => {
      console.log(`began ${id}`)
      await wait(afterMs)
      process.kill(process.pid, 'SIGKILL')
      await wait(60_000)
    },
    block: async ({ ms }, { id }) => {
      console.log(`began ${id}`)
      const until = performance.now() + ms
      while (performance.now() < until);
      return 'returned' as const
    },
  },
})
