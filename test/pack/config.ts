// The configuration of the command line, which reads it compiled.
import { defineConfig, defineQueue } from 'brinemq'
import { z } from 'zod'

export const numbers = defineQueue('numbers', {
  prefix: process.env['PREFIX'] ?? 'bull',
  jobs: { double: { payload: z.bigint(), result: z.bigint() } },
})

export default defineConfig({ queues: [numbers], connection: process.env['REDIS_URL'] })
