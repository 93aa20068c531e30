import { defineQueue } from 'brinemq'
import { z } from 'zod'

/** Jobs of which one ends its process. */
export const mortals = defineQueue('mortals', {
  jobs: {
    live: { payload: z.object({ ms: z.number() }), result: z.literal('alive') },
    kill: { payload: z.object({ afterMs: z.number() }) },
    block: { payload: z.object({ ms: z.number() }), result: z.literal('returned') },
  },
})
