import { type EmbeddedServer, startEmbedded } from 'brinemq/embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProgram } from '../program.ts'

let redis: EmbeddedServer

beforeAll(async () => {
  redis = await startEmbedded()
})
afterAll(() => redis.close())

const printed: [name: string, out: string][] = [
  [
    'report',
    `  a flow          2 pages, 10 words
  not counted     RangeError: 'Three' has no words
  its first child 1 pages, 6 words
  while it runs   2 pages, 10 words
`,
  ],
  [
    'remind',
    `  declared     drink to the new year, every year since 1990
  next run     12-31T23:00:00.000Z
  by hand      drink tea, every year since 2020
  there are    tea, new-year
  removed      true
`,
  ],
]

test.each(printed)('%s prints what it should', { timeout: 60_000 }, async (name, out) => {
  const env = { REDIS_URL: redis.url }
  const worker = startProgram(`workers/${name}.ts`, [], { env })
  await worker.said(`worker ${worker.pid} `)
  const producer = startProgram(`producers/${name}.ts`, [], { env })
  expect(await producer.ended).toBe(0)
  expect(producer.out).toBe(out)
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(128 + 15)
  for (const program of [producer, worker]) expect(program.err).toBe('')
})
