// A handler of its user's, in a module of its own, which sandboxed.ts runs in a thread and in a process.
import { isMainThread } from 'node:worker_threads'
import { defineHandler, defineQueue } from 'brinemq'
import { z } from 'zod'

export const sums = defineQueue('sums', {
  jobs: {
    sum: { payload: z.array(z.bigint()), result: z.object({ sum: z.bigint(), pid: z.number(), thread: z.boolean() }) },
  },
})

export default defineHandler(sums, 'sum', (numbers) => {
  const sum = numbers.reduce((all, one) => all + one, 0n)
  return { sum, pid: process.pid, thread: !isMainThread }
})
