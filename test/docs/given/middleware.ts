import type { Handlers } from 'brinemq'
import type { orders } from './control.ts'

export type { Middleware, WorkerEventListener } from 'brinemq'
export { pino } from 'pino'
export { connection, orders } from './control.ts'
export declare const handlers: Handlers<typeof orders>
interface Client {
  readonly inTransaction: true
}
export declare const database: { transaction<R>(run: (client: Client) => Promise<R>): Promise<R> }
export declare const clients: { run<R>(client: Client, within: () => R): R }
export declare function currentTenant(): string
