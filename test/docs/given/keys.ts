import type { Keys } from 'brinemq'
import { person } from '../../../jobs/greet.ts'

export const order = person
export declare const key1: string
export declare const key2: Uint8Array
/** Where the second block stands. */
export declare function around(options: { keys: Keys }): void
