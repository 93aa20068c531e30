// Remakes the pictures of docs/images: npm run screenshots. It needs a Chromium, and starts a Valkey of its own.
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createProducer, createWorker, defineModel, defineQueue } from 'brinemq'
import { serveDashboard } from 'brinemq/dashboard'
import { startEmbedded } from 'brinemq/embedded'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { launchBrowser, look } from './chromium.ts'

class Address {
  constructor(
    readonly street: string,
    readonly city: string,
  ) {}
}
const address = defineModel(Address, {
  tag: 'address',
  fields: z.object({ street: z.string().meta({ sensitive: true }), city: z.string() }),
  decode: ({ street, city }) => new Address(street, city),
})
class Customer {
  constructor(
    readonly name: string,
    readonly address: Address,
    readonly card: string,
  ) {}
}
const customer = defineModel(Customer, {
  tag: 'customer',
  fields: z.object({ name: z.string(), address: address.schema, card: z.string().meta({ sensitive: true }) }),
  decode: (fields) => new Customer(fields.name, fields.address, fields.card),
})
const orders = defineQueue('orders', {
  models: [address, customer],
  jobs: {
    ship: {
      payload: z.object({
        to: customer.schema,
        items: z.map(z.string(), z.number()),
        total: z.bigint(),
        due: z.date(),
      }),
      result: z.object({ parcel: z.string(), leftAt: z.date() }),
      options: { attempts: 1 },
    },
  },
})
const mails = defineQueue('mails', { models: [customer, address], jobs: { welcome: { payload: customer.schema } } })

const folder = join(import.meta.dirname, '..', '..', 'docs', 'images')
await mkdir(folder, { recursive: true })
const server = await startEmbedded()
const connection = server.url
const client = new Redis(connection)
const producer = createProducer(orders, { connection })
const mailer = createProducer(mails, { connection })
const started = new Date('2030-05-01T09:00:00Z')

class OutOfStock extends RangeError {
  override readonly name = 'OutOfStock'
  // As it would read where it runs, and not where the pictures are made.
  override stack = `OutOfStock: ${this.message}
    at pack (/app/workers/orders.ts:18:13)
    at ship (/app/workers/orders.ts:31:5)`
}
const worker = createWorker(orders, {
  ...{ connection, name: 'warehouse', shutdownOnSignals: false, metrics: { maxDataPoints: 60 } },
  handlers: {
    ship: async ({ to, items }, { log }) => {
      await log(`packing for ${to.name}`)
      if (items.has('teapot')) throw new OutOfStock('3 teapots were asked for, and 1 is there')
      return { parcel: `P-${to.name}`, leftAt: started }
    },
  },
})
const names = ['Ann', 'Bob', 'Cleo', 'Dora', 'Emil', 'Finn', 'Gus']
const order = (name: string, item: string) => ({
  total: 12_995n,
  due: new Date('2030-05-04T00:00:00Z'),
  to: new Customer(name, new Address('5 High Street', 'Leeds'), '4111 1111 1111 1111'),
  items: new Map([
    [item, 3],
    ['saucer', 6],
  ]),
})
const jobs = await producer.enqueueBulk(
  names.map((name, at) => ({
    name: 'ship' as const,
    payload: order(name, at % 4 === 1 ? 'teapot' : 'cup'),
    options: { jobId: `order-${1001 + at}` },
  })),
)
await Promise.allSettled(jobs.map((job) => job.result()))
await worker.pause()
const damaged = await producer.enqueue('ship', order('Hal', 'cup'), { jobId: 'order-1008' })
const key = producer.bullmq.toKey(damaged.id)
await client.hset(key, 'data', String(await client.hget(key, 'data')).replace('customer@1', 'client@1'))
worker.resume()
await damaged.result().catch(() => {})
await worker.pause()
for (const name of names.slice(0, 3)) await producer.enqueue('ship', order(name, 'plate'), { delay: 86_400_000 })
for (const name of names.slice(0, 4)) await mailer.enqueue('welcome', order(name, 'cup').to)

const { url, close } = await serveDashboard({
  ...{ queues: [orders, mails], connection, port: 0, reveal: true, log: { info: () => {} } },
})
const browser = await launchBrowser()
const page = await (await browser.newContext({ ...look, viewport: { width: 1200, height: 640 } })).newPage()

async function take(name: string, path: string, shown: string): Promise<void> {
  await page.goto(url + path)
  await page.getByText(shown).first().waitFor()
  await page.evaluate('document.fonts.ready')
  await page.waitForLoadState('networkidle')
  const file = join(folder, `${name}.png`)
  await page.screenshot({ path: file, animations: 'disabled' })
  console.log(`${file}, ${Math.round((await stat(file)).size / 1_024)} KiB`)
}

await take('dashboard', '', 'orders: quarantine')
await take('dashboard-job', 'queue/orders/order-1001?status=completed', '"customer"')
await take('dashboard-failed', 'queue/orders/order-1002?status=failed', 'OutOfStock')
await take('dashboard-quarantine', 'queue/orders-quarantine/order-1008?status=failed', 'TAG_UNKNOWN')

await browser.close()
await close()
await Promise.all([producer.close(), mailer.close(), worker.close()])
client.disconnect()
await server.close()
