// A parent and its children in another queue: npx tsx producers/report.ts, with workers/report.ts in another terminal.
import './say-errors.ts'
import { createFlowProducer, node } from 'brinemq'
import { Page, pages, reports } from '../jobs/report.ts'

const connection = process.env['REDIS_URL']
const written = [new Page('One', 'to be or not to be'), new Page('Two', 'that is the question')]
const empty = new Page('Three', '')

const flows = createFlowProducer({ connection })
const { job, children } = await flows.add(
  node(
    reports,
    'report',
    { title: 'Hamlet' },
    {
      children: [...written, empty].map((page) =>
        node(pages, 'count', page, { options: { ignoreDependencyOnFailure: true } }),
      ),
    },
  ),
)
const { total, unread } = await job.result({ timeoutMs: 30_000 })
console.log(`  a flow          ${total}`)
console.log(`  not counted     ${unread.join(', ')}`)
console.log(`  its first child ${await children[0]?.job.result()}`)

const book = await flows.add(node(reports, 'book', { pages: written }))
console.log(`  while it runs   ${await book.job.result({ timeoutMs: 30_000 })}`)
await flows.close()
