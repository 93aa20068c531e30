import { defineQueue } from 'brinemq'
import { z } from 'zod'

/** A job that can say when it ran, whatever the clocks say, and schedules of it. */
export const ticks = defineQueue('ticks', {
  jobs: { tick: { payload: z.object({ failures: z.number() }), result: z.literal('ticked') } },
})
