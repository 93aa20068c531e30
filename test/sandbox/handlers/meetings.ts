import { defineQueue } from 'brinemq'
import { z } from 'zod'

const meeting = z.object({ at: z.date() })

export function meetings(prefix?: string) {
  return defineQueue('meetings', {
    ...(prefix !== undefined && { prefix }),
    jobs: { hold: { payload: meeting, result: meeting } },
  })
}
