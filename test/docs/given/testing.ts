import { defineQueue, type Handlers, type Producer } from 'brinemq'
import type { Inline } from 'brinemq/testing'
import { z } from 'zod'
import { type Person, type people, person } from './people.ts'

export { createProducer, createWorker, node } from 'brinemq'
export { createFakeProducer, createInline, createInlineFlows, createTestClock } from 'brinemq/testing'
export { test } from 'vitest'
export { handlers, Person, people } from './people.ts'
export declare const john: Person
export declare const inline: Inline<typeof people>
export declare function signUp(producer: Producer<typeof people>, person: Person): Promise<void>
export const visitQueue = defineQueue('visits', { models: [person], jobs: { visit: { payload: person.schema } } })
export const partyQueue = defineQueue('parties', { jobs: { party: { payload: z.string() } } })
export declare const visitHandlers: Handlers<typeof visitQueue>
export declare const partyHandlers: Handlers<typeof partyQueue>
