import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDashboard, paymentsQueue } from './desk.ts'

describe('it is mounted', () => {
  async function checkAt(url: string): Promise<void> {
    const page = await (await fetch(url)).text()
    expect(page).toContain('<base href="/jobs/" />')
    const [, script = ''] = /src="(static\/js\/main[^"]+)"/.exec(page) ?? []
    expect((await fetch(`${url}/${script}`)).headers.get('content-type')).toContain('javascript')
    expect((await fetch(`${url}/queue/payments`)).status).toBe(200)
    const added = await fetch(`${url}/api/queues/payments/add`, {
      method: 'POST',
      body: JSON.stringify({ name: 'pay', data: { by: { name: 'A' }, amount: '1', at: '2030-01-01' }, options: {} }),
      headers: { 'content-type': 'application/json' },
    })
    expect(added.status).toBe(200)
    const own = await fetch(`${new URL(url).origin}/`)
    expect([await own.text(), own.headers.get('content-security-policy')]).toEqual(['mine', null])
  }

  test('into an app of Hono', async () => {
    const { dashboard } = openDashboard(paymentsQueue(), { basePath: '/jobs' })
    const app = new Hono().get('/', (context) => context.text('mine'))
    app.route(dashboard.basePath, dashboard.app)
    const { getRequestListener } = await import('@hono/node-server')
    await checkAt(await listen(getRequestListener(app.fetch)))
  })

  test.each([false, true])('into an app of Express, which reads bodies first: %s', async (reads) => {
    const { dashboard } = openDashboard(paymentsQueue(), { basePath: '/jobs' })
    const app = express()
    if (reads) app.use(express.json())
    app.get('/', (_, response) => void response.send('mine'))
    app.use('/jobs', dashboard.listener)
    await checkAt(await listen(app))
  })

  test('by a framework that takes the path away', async () => {
    const { dashboard } = openDashboard(paymentsQueue(), { basePath: '/jobs' })
    const app = new Hono().get('/', (context) => context.text('mine')).mount('/jobs', dashboard.fetch)
    const { getRequestListener } = await import('@hono/node-server')
    await checkAt(await listen(getRequestListener(app.fetch)))
  })
})

async function listen(listener: Parameters<typeof createServer>[1] & {}): Promise<string> {
  const server = createServer(listener as never).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jobs`
}
