import { defineQueue, type Handlers } from 'brinemq'
import { z } from 'zod'
import { type Page, pages, reports as reported } from '../../../jobs/report.ts'

export { node } from 'brinemq'
export { pages }
export const reports = defineQueue('reports', {
  jobs: {
    report: {
      payload: reported.jobs.report.payload,
      result: z.object({ title: z.string(), words: z.number(), unread: z.number() }),
    },
  },
})
export const printers = defineQueue('printers', { jobs: { print: { payload: pages.jobs.count.result } } })
const books = defineQueue('books', {
  jobs: { book: { payload: reported.jobs.book.payload, result: z.number() } },
})
export declare const connection: string
export declare const pagesOfHamlet: Page[]
/** Where the second block stands. */
export declare function around(handlers: Handlers<typeof books>): void
