// A worker whose clock is off. It says which jobs began, and what onError and health() were told.
import './shift-clock.ts'
import { createWorker } from 'brinemq'
import { sealedTicks, ticks } from './clocks.ts'

const worker = createWorker(process.env['SEALED'] ? sealedTicks : ticks, {
  connection: process.env['REDIS_URL'],
  prefix: process.env['PREFIX'],
  onError: (error) => console.log(`told ${Reflect.get(error, 'code')} ${error.message}`),
  handlers: {
    tick: async ({ failures }, { id, attempt }) => {
      // By the right clock, which the other reads were taken from.
      const at = Math.round(performance.timeOrigin + performance.now())
      console.log(`began ${id} ${attempt} at ${at}`)
      if (attempt <= failures) throw new Error('again')
      return 'ticked' as const
    },
  },
})
await worker.waitUntilReady()
console.log(`ready ${worker.health().clockAheadMs}`)
