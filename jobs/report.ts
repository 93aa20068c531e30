import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

export class Page {
  constructor(
    readonly title: string,
    readonly text: string,
  ) {}

  count(): Count {
    const words = this.text.split(/\s+/).filter((word) => word !== '')
    if (words.length === 0) throw new RangeError(`'${this.title}' has no words`)
    return new Count(1, words.length)
  }
}

/** How many pages and words: a sum of these is one, too. */
export class Count {
  constructor(
    readonly pages: number,
    readonly words: number,
  ) {}

  plus({ pages, words }: Count): Count {
    return new Count(this.pages + pages, this.words + words)
  }

  toString(): string {
    return `${this.pages} pages, ${this.words} words`
  }
}

const page = defineModel(Page, {
  tag: 'page',
  fields: z.object({ title: z.string(), text: z.string() }),
  decode: ({ title, text }) => new Page(title, text),
})

const count = defineModel(Count, {
  tag: 'count',
  fields: z.object({ pages: z.number(), words: z.number() }),
  decode: ({ pages: among, words }) => new Count(among, words),
})

/** The children's queue. */
export const pages = defineQueue('pages', {
  models: [page, count],
  jobs: { count: { payload: page.schema, result: count.schema } },
})

/** The parents' queue: `report` sums up the pages of its flow, and `book` adds a child for each of its pages. */
export const reports = defineQueue('reports', {
  models: [page, count],
  jobs: {
    report: {
      payload: z.object({ title: z.string() }),
      result: z.object({ total: count.schema, unread: z.array(z.string()) }),
    },
    book: { payload: z.object({ pages: z.array(page.schema) }), result: count.schema },
  },
})
