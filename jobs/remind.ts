import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

export class Reminder {
  constructor(
    readonly what: string,
    readonly since: Date,
  ) {}

  say(): string {
    return `${this.what}, every year since ${this.since.getUTCFullYear()}`
  }
}

const reminder = defineModel(Reminder, {
  tag: 'reminder',
  fields: z.object({ what: z.string(), since: z.date() }),
  decode: ({ what, since }) => new Reminder(what, since),
})

export const reminders = defineQueue('reminders', {
  models: [reminder],
  jobs: { remind: { payload: reminder.schema, result: z.string() } },
  schedules: {
    'new-year': {
      job: 'remind',
      payload: new Reminder('drink to the new year', new Date('1990-01-01')),
      repeat: { pattern: '0 0 1 1 *', tz: 'Europe/Berlin' },
    },
  },
})
