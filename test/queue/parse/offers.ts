// A queue whose payloads are valid for a time: until a handler has seen one.
import { defineQueue } from 'brinemq'
import { z } from 'zod'
import { Person, person, TooYoung, tooYoung } from '../people.ts'

export const clock = { isOver: false }
export const ada = new Person('Ada', 36)

export function offersQueue(definition: { prefix?: string; keys?: string } = {}) {
  const offer = z.object({ id: z.string() }).refine(() => !clock.isOver)
  return defineQueue('offers', {
    ...definition,
    models: [person, tooYoung],
    jobs: { accept: { payload: offer, options: { attempts: 3 } } },
  })
}

export function acceptOnce(): never {
  clock.isOver = true
  throw new TooYoung(ada, { cause: new RangeError('36') })
}
