import { defineModel } from 'brinemq'
import { z } from 'zod'
import { Reminder } from '../../../jobs/remind.ts'

export { createProducer, defineQueue } from 'brinemq'
export { Reminder, z }
export const reminder = defineModel(Reminder, {
  tag: 'reminder',
  fields: z.object({ what: z.string(), since: z.date() }),
})
export declare const tea: Reminder
