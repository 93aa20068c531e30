import type { Handlers } from 'brinemq'
import type { people } from '../../../jobs/greet.ts'

export { Person, people, person } from '../../../jobs/greet.ts'
export { invoices } from '../../../jobs/invoice.ts'
export declare const connection: string
export declare const handlers: Handlers<typeof people>
