import { z } from 'zod'
import { defineQueue } from '../../../src/contract/define-queue.ts'

const meeting = z.object({ at: z.date() })

export function meetings(prefix?: string) {
  return defineQueue('meetings', {
    ...(prefix !== undefined && { prefix }),
    jobs: { hold: { payload: meeting, result: meeting } },
  })
}
