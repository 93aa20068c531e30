// Counts pages and sums them up until Ctrl-C: npx tsx workers/report.ts, with a Redis at REDIS_URL (default
// redis://127.0.0.1:6379).
import { createWorker, type HandlerChildren, node } from 'brinemq'
import { Count, pages, reports } from '../jobs/report.ts'

const connection = process.env['REDIS_URL']

const counters = createWorker(pages, { connection, concurrency: 20, handlers: { count: (page) => page.count() } })

const reporters = createWorker(reports, {
  connection,
  handlers: {
    report: async (_, { children }) => {
      const failures = await children.failures(pages)
      return { total: await sum(children), unread: failures.map(({ error }) => `${error}`) }
    },
    book: async (book, { children }) => {
      // The handler ends here, and begins anew when the pages are counted.
      await children.step('count', () => book.pages.map((page) => node(pages, 'count', page)))
      return sum(children)
    },
  },
})

async function sum(children: HandlerChildren): Promise<Count> {
  const counts = await children.results(pages, 'count')
  return counts.reduce((total, { result }) => total.plus(result), new Count(0, 0))
}

await Promise.all([counters.waitUntilReady(), reporters.waitUntilReady()])
console.log(`worker ${process.pid} counts pages`)
