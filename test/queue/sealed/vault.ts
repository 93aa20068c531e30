import { defineQueue } from 'brinemq'
import { z } from 'zod'

/** A queue with keys, as the thread or process of its sandboxed handler loads it too. */
export const vault = defineQueue('vault', {
  keys: `encrypt:k1=${Buffer.alloc(32, 9).toString('base64url')}`,
  jobs: {
    open: { payload: z.object({ what: z.string() }), result: z.object({ found: z.string() }) },
    collect: { payload: z.string(), result: z.array(z.string()) },
  },
})
