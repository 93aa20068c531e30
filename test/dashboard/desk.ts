import { createProducer, createWorker, defineModel, defineQueue, type Producer } from 'brinemq'
import { createDashboard, type DashboardLine, type DashboardOptions } from 'brinemq/dashboard'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'

export class Card {
  constructor(
    readonly number: string,
    readonly until: Date,
  ) {}
}

export const card = defineModel(Card, {
  tag: 'card',
  fields: z.object({ number: z.string().meta({ sensitive: true }), until: z.date() }),
  decode: ({ number, until }) => new Card(number, until),
})

export class Customer {
  name = ''
  partner: Customer | undefined
  card: Card | undefined
}

export const customer = defineModel(Customer, {
  tag: 'customer',
  fields: z.object({
    name: z.string(),
    get partner() {
      return customer.schema.optional()
    },
    card: card.schema.optional(),
  }),
})

/** A queue of payments, each of which has something that not everybody may see. */
export function paymentsQueue(prefix = freshPrefix()) {
  return defineQueue('payments', {
    prefix,
    models: [card, customer],
    jobs: {
      pay: {
        payload: z.object({
          by: customer.schema,
          amount: z.bigint(),
          at: z.date(),
          memo: z.unknown().optional(),
          pin: z.string().meta({ sensitive: true }).optional(),
          // Runs in the worker alone.
          note: z
            .string()
            .optional()
            .transform((note) => note?.length ?? 0),
        }),
        result: z.object({ receipt: z.string(), on: z.date() }),
        progress: z.object({ percent: z.number(), token: z.string().meta({ sensitive: true }) }),
        options: { attempts: 1 },
      },
    },
  })
}

export type Payments = ReturnType<typeof paymentsQueue>

export const secrets = ['4111-0000', '4222-9999', 'pin-1234', 'token-77']

/** Somebody and their partner, in a circle. */
export function ann(): Customer {
  const [one, other] = [new Customer(), new Customer()]
  Object.assign(one, { name: 'Ann', partner: other, card: new Card('4111-0000', new Date('2031-01-01')) })
  Object.assign(other, { name: 'Bob', partner: one, card: new Card('4222-9999', new Date('2032-02-02')) })
  return one
}

export const payment = () => ({
  ...{ by: ann(), amount: 9_007_199_254_740_993n, at: new Date('2030-01-01') },
  ...{ pin: 'pin-1234', note: 'lunch' },
})

export class Declined extends Error {
  override readonly name = 'Declined'
}

/** A job that completed, one that failed, and one in quarantine: `paid`, `declined` and `cut`. */
export async function payOnce(contract: Payments): Promise<Producer<Payments>> {
  const producer = createProducer(contract, { connection: redisUrl })
  onTestFinished(() => producer.close())
  const client = openClient()
  const worker = openTill(contract)
  const paid = await producer.enqueue('pay', payment(), { jobId: 'paid' })
  const declined = await producer.enqueue('pay', { ...payment(), amount: -1n }, { jobId: 'declined' })
  await paid.result()
  await declined.result().catch(() => {})
  await worker.pause()
  const cut = await producer.enqueue('pay', payment(), { jobId: 'cut' })
  const key = producer.bullmq.toKey('cut')
  const data = String(await client.hget(key, 'data'))
  await client.hset(key, 'data', data.replace('"encoding"', '"coding"'))
  worker.resume()
  await cut.result().catch(() => {})
  await worker.close()
  return producer
}

/** A worker that declines what is less than nothing. */
export function openTill(contract: Payments) {
  const worker = createWorker(contract, {
    ...{ connection: redisUrl, name: 'till', shutdownOnSignals: false, onError: () => {}, drainDelay: 1 },
    handlers: {
      pay: async ({ amount }, { log, progress }) => {
        await log('looked at the amount')
        await progress({ percent: 50, token: 'token-77' })
        if (amount < 0n) throw new Declined(`no money came`)
        return { receipt: 'A7', on: new Date('2030-01-02') }
      },
    },
  })
  onTestFinished(() => worker.close())
  return worker
}

/** What Node's server says beside a request that came from an address. */
export const from = (remoteAddress: string): unknown => ({ incoming: { socket: { remoteAddress } } })
const here = from('127.0.0.1')

/** A dashboard for the running test, and the lines of its log. */
export function openDashboard(contract: Payments, options: Partial<DashboardOptions> = {}) {
  const lines: DashboardLine[] = []
  const log = { info: (line: DashboardLine) => void lines.push(line) }
  const dashboard = createDashboard({ queues: [contract], connection: redisUrl, log, ...options })
  onTestFinished(() => dashboard.close())
  const at = (path: string) => `http://localhost${dashboard.basePath === '/' ? '' : dashboard.basePath}${path}`
  return {
    dashboard,
    lines,
    get: (path: string, headers: Record<string, string> = {}, from = here) =>
      dashboard.fetch(new Request(at(path), { headers }), from),
    send: (method: string, path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
      dashboard.fetch(
        new Request(at(path), {
          method,
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...headers },
        }),
        here,
      ),
  }
}
