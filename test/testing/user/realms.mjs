// What Node gives a test that runs in a realm of its own, sent through a queue.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { createCodec, defineQueue } from 'brinemq'
import { createFakeProducer, createInline } from 'brinemq/testing'
import { z } from 'zod'

const payload = z.object({
  modified: z.date(),
  clone: z.map(z.string(), z.set(z.date())),
  json: z.record(z.string(), z.array(z.number())),
  deserialized: z.object({ pattern: z.instanceof(RegExp), floats: z.instanceof(Float64Array) }),
})
const files = defineQueue('files', { jobs: { index: { payload, result: payload }, read: { payload: z.any() } } })

/** Whether this realm is another than that of Node's modules. */
export const isApart = structuredClone({}).constructor !== Object

export async function fromNode() {
  return {
    modified: (await stat('.')).mtime,
    clone: structuredClone(new Map([['a', new Set([new Date(1)])]])),
    json: await Response.json({ a: [1] }).json(),
    deserialized: deserialize(serialize({ pattern: /a/g, floats: new Float64Array([1.5]) })),
  }
}

export async function travels() {
  const given = await fromNode()
  const here = {
    modified: new Date(given.modified.getTime()),
    clone: new Map([['a', new Set([new Date(1)])]]),
    json: { a: [1] },
    deserialized: { pattern: /a/g, floats: new Float64Array([1.5]) },
  }
  const codec = createCodec()
  assert.deepStrictEqual(codec.decode(codec.encode(given)), here)

  const fake = createFakeProducer(files)
  await fake.enqueue('index', given)
  assert.deepStrictEqual(fake.expectEnqueued('index', given).payload, here)

  const inline = createInline(files, {
    handlers: {
      index: (received) => {
        assert.deepStrictEqual(received, here)
        return fromNode()
      },
      read: (path) => {
        try {
          readFileSync(path)
        } catch (cause) {
          throw new RangeError('no such file', { cause })
        }
      },
    },
  })
  assert.deepStrictEqual(await (await inline.enqueue('index', given)).result(), here)
  const job = await inline.enqueue('read', '/no/such/file')
  const error = await job.result().catch((thrown) => thrown)
  assert.ok(error instanceof RangeError)
  assert.ok(error.cause instanceof Error)
  assert.equal(error.cause.code, 'ENOENT')
  assert.equal(error.cause.path, '/no/such/file')
}

export async function travelsUnderFakeTimers(timers) {
  timers.useFakeTimers()
  try {
    timers.setSystemTime(5)
    const fake = createFakeProducer(files)
    await fake.enqueue('read', { at: new Date() })
    assert.equal(fake.jobs[0].payload.at.getTime(), 5)
  } finally {
    timers.useRealTimers()
  }
}
