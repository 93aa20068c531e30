import { defineQueue } from 'brinemq'
import { z } from 'zod'

const jobs = { tick: { payload: z.object({ failures: z.number() }), result: z.literal('ticked') } }

/** A job that can say when it ran, whatever the clocks say, and schedules of it. */
export const ticks = defineQueue('ticks', { jobs })

/** The same under keys, with which seals say when schedules run. */
export const sealedTicks = defineQueue('sealed-ticks', {
  jobs,
  keys: { active: 'k1', secrets: { k1: Buffer.alloc(32, 1).toString('base64url') } },
})
