// A queue whose payloads are parsed by whoever enqueues: each parse gives another id.

import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { defineQueue } from 'brinemq'
import { z } from 'zod'

export const ticket = z
  .object({
    id: z.uuid().default(() => randomUUID()),
    at: z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() }),
    seats: z.coerce.number().int().default(1),
    name: z
      .string()
      .trim()
      .transform((name) => ({ name, runs: [name].length })),
  })
  .refine(({ seats }) => seats < 10)

export const given = { at: '2026-01-01T00:00:00.000Z', seats: '2', name: ' Ada ' }
/** What comes of it, but for its id. */
export const parsed = {
  at: new Date('2026-01-01T00:00:00.000Z'),
  seats: 2,
  name: { name: 'Ada', runs: 1 },
}

const slowTicket = ticket.refine(async ({ seats }) => {
  await turn()
  return seats < 5
})

export function ticketsQueue(definition: { prefix?: string } = {}) {
  return defineQueue('tickets', {
    ...definition,
    jobs: {
      book: { payload: ticket, result: z.unknown(), parse: 'enqueue', options: { attempts: 3 } },
      slow: { payload: slowTicket, parse: 'enqueue' },
      each: { payload: ticket, options: { attempts: 3 } },
    },
  })
}
