import { defineQueue } from 'brinemq'
import { z } from 'zod'
import { files as digested } from '../../../jobs/digest.ts'

export const files = defineQueue('files', {
  jobs: { digest: { payload: digested.jobs.digest.payload, progress: z.object({ percent: z.number() }) } },
})
export declare const connection: string
