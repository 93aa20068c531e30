// Compiled by `npm run types`, never run: what must and what must not compile of the dashboard.
import { createServer } from 'node:http'
import { defineQueue } from 'brinemq'
import { createDashboard, type DashboardLine, serveDashboard, type Visitor } from 'brinemq/dashboard'
import express from 'express'
import { Hono } from 'hono'
import { pino } from 'pino'
import { z } from 'zod'

const people = defineQueue('people', { jobs: { greet: { payload: z.object({ at: z.date() }) } } })
const bills = defineQueue('bills', { jobs: { pay: { payload: z.bigint(), result: z.string() } } })
const ann: Visitor = { name: 'ann', role: 'operate', reveal: true }

const dashboard = createDashboard({
  queues: [people, bills],
  basePath: '/jobs',
  authenticate: async (request) => (request.headers.has('cookie') ? ann : undefined),
  log: pino(),
})
new Hono().route(dashboard.basePath, dashboard.app).mount('/other', dashboard.fetch)
express().use('/jobs', dashboard.listener)
createServer(dashboard.listener)
const answered: Promise<Response> = dashboard.fetch(new Request('http://localhost'))
createDashboard({ queues: [people], log: { info: ({ who, what }: DashboardLine) => console.log(who, what) } })

const { url, port }: { url: string; port: number } = await serveDashboard({ queues: [people], port: 0, role: 'view' })
console.log(url, port, answered)

// @ts-expect-error: there is no such role
createDashboard({ queues: [people], role: 'admin' })
// @ts-expect-error: a visitor has a name, by which the log knows them
createDashboard({ queues: [people], authenticate: () => ({ role: 'view' }) })
// @ts-expect-error: whether somebody may come in is not all there is to say
createDashboard({ queues: [people], authenticate: () => true })
// @ts-expect-error: names are no contracts
createDashboard({ queues: ['people'] })
// @ts-expect-error: who mounts it has a port of their own
createDashboard({ queues: [people], port: 3737 })
// @ts-expect-error: a queue is needed
serveDashboard({})
// @ts-expect-error: what was logged is a line, and no text
createDashboard({ queues: [people], log: { info: (line: string) => console.log(line) } })
