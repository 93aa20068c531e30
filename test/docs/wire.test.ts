import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCodec, defineModel, defineQueue, encodeData, newKey, openJob } from 'brinemq'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Person, people, person } from '../../jobs/greet.ts'
import { capabilitiesOf } from '../../src/rollout/capabilities.ts'
import { root } from '../program.ts'

// What docs/wire.md shows. Its rules are held to the texts in golden/, by the tests of the codec.
const page = readFileSync(join(root, 'docs', 'wire.md'), 'utf8')
const [payloads = '', , body = '', announced = ''] = [...page.matchAll(/^```json\n(.*?)\n```$/gms)].map(
  ([, text]) => text,
)

test('shows one payload in both encodings, of which the writer takes the first', async () => {
  const payload = { person: new Person('John', 20), at: new Date('2026-11-22T12:00:00.000Z') }
  const texts = payloads.split('\n')
  expect(texts).toHaveLength(2)
  expect(JSON.stringify(await encodeData(people, 'greet', payload))).toBe(texts[0])
  for (const text of texts) {
    expect((await openJob(people, { name: 'greet', data: JSON.parse(text) })).payload).toStrictEqual(payload)
  }
})

test('shows the body of an order as it is read and written', () => {
  class Line {
    constructor(
      readonly sku: string,
      readonly price: bigint,
    ) {}
  }
  class Order {
    declare readonly lines: readonly Line[]
    declare readonly due?: Date
    declare readonly paid: Date | null
  }
  const line = defineModel(Line, { tag: 'line', fields: z.object({ sku: z.string(), price: z.bigint() }) })
  const lines = z.array(line.schema)
  const fields = z.object({ id: z.string(), lines, due: z.date().optional(), paid: z.date().nullable() })
  const order = defineModel(Order, { tag: 'order', fields })
  const codec = createCodec({ models: [order, line] })
  const text = `{"brine":1,"kind":"value","encoding":"fields/1","body":${body}}`
  const read = codec.decode(text, order.schema)
  expect(read.lines).toStrictEqual([new Line('apples', 125n), new Line('pears', 230n)])
  expect([read.due, read.paid]).toEqual([new Date('2026-11-22T12:00:00.000Z'), null])
  expect(codec.encode(read)).toBe(text)
})

test('shows what a worker announces of its contract', () => {
  const contract = defineQueue('people', {
    models: [person],
    keys: newKey({ id: 'k1' }),
    jobs: { greet: { version: 2, payload: z.string(), aliases: ['hello'], upcast: { 1: (stored: string) => stored } } },
    schedules: { nightly: { job: 'greet', payload: 'Ada', repeat: { pattern: '0 3 * * *' } } },
  })
  expect(JSON.stringify(capabilitiesOf(contract))).toBe(announced)
})
