import type express from 'express'
import type { Hono } from 'hono'

export { people } from '../../../jobs/greet.ts'
export { invoices } from '../../../jobs/invoice.ts'
export declare const app: Hono & express.Express
export declare function userOf(
  cookie: string | null | undefined,
): Promise<{ email: string; isOnCall: boolean } | undefined>
