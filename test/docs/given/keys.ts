import { defineQueue, type Keys, type Producer } from 'brinemq'
import { z } from 'zod'
import { person } from '../../../jobs/greet.ts'

const statements = defineQueue('statements', { jobs: { statement: { payload: z.object({ account: z.string() }) } } })

export const order = person
export declare const key1: string
export declare const key2: Uint8Array
export declare const producer: Producer<typeof statements>
export declare const account: string
/** Where the second block stands. */
export declare function around(options: { keys: Keys }): void
