import { createInline, type InlineOptions } from 'brinemq/testing'
import { type People, Person, peopleQueue } from '../queue/people.ts'

export const ada = new Person('Ada', 36)
export const people = peopleQueue()

type Anything = InlineOptions<People>['handlers']['anything']

/** An inline whose `anything` is up to the test. */
export function openInline(anything: Anything, options: Partial<InlineOptions<People>> = {}) {
  return createInline(people, {
    handlers: {
      greet: async ({ person: who, at }) => ({ text: `Hi ${who}`, greetedAt: at, friends: [who] }),
      anything,
    },
    ...options,
  })
}
