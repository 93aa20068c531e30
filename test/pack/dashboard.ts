// Serves `brinemq/dashboard`, with the packages that it asks for beside it.
import { createDashboard, serveDashboard, type Visitor } from 'brinemq/dashboard'
import { numbers } from './config.js'

const connection = process.env['REDIS_URL'] ?? ''
const served = await serveDashboard({ queues: [numbers], connection, port: 0 })
const page = await (await fetch(served.url)).text()
const [, script = ''] = /src="(static\/js\/main[^"]+)"/.exec(page) ?? []
console.log((await fetch(`${served.url}${script}`)).status)
await served.close()

const visitor: Visitor = { name: 'ann', role: 'view' }
const dashboard = createDashboard({ queues: [numbers], connection, basePath: '/jobs', authenticate: () => visitor })
const listed = (await (await dashboard.fetch(new Request('http://x/jobs/api/queues'))).json()) as {
  queues: { name: string; readOnlyMode: boolean }[]
}
console.log(listed.queues.map(({ name, readOnlyMode }) => `${name} ${readOnlyMode}`).join(', '))
await dashboard.close()
