// The dashboard within an app of Express, until Ctrl-C: npx tsx dashboards/in-express.ts, with a Redis at REDIS_URL (default
// redis://127.0.0.1:6379). Come as ann, who operates, with the cookie session=7f3a, or as bob, who views, with session=c09d.
import { createDashboard } from 'brinemq/dashboard'
import express from 'express'
import { people } from '../jobs/greet.ts'
import { visitorOf } from './sessions.ts'

const dashboard = createDashboard({
  queues: [people],
  connection: process.env['REDIS_URL'],
  basePath: '/jobs',
  authenticate: visitorOf,
})

const app = express()
app.get('/', (_, response) => void response.send('an app of its own'))
app.use('/jobs', dashboard.listener)

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(`http://127.0.0.1:${port}/jobs`)
})
process.once('SIGINT', async () => {
  server.close()
  await dashboard.close()
})
