// The dashboard within an app of Hono, until Ctrl-C: npx tsx dashboards/in-hono.ts, with a Redis at REDIS_URL (default
// redis://127.0.0.1:6379). Come as ann, who operates, with the cookie session=7f3a, or as bob, who views, with session=c09d.
import { serve } from '@hono/node-server'
import { createDashboard } from 'brinemq/dashboard'
import { Hono } from 'hono'
import { people } from '../jobs/greet.ts'
import { visitorOf } from './sessions.ts'

const dashboard = createDashboard({
  queues: [people],
  connection: process.env['REDIS_URL'],
  basePath: '/jobs',
  authenticate: visitorOf,
})

const app = new Hono()
app.get('/', (context) => context.text('an app of its own'))
app.route('/jobs', dashboard.app)

const server = serve(
  { fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' },
  ({ port }) => console.log(`http://127.0.0.1:${port}/jobs`),
)
process.once('SIGINT', async () => {
  server.close()
  await dashboard.close()
})
