// The same test for vitest, jest and node:test.
import assert from 'node:assert/strict'
import { createProducer, createWorker } from 'brinemq'
import { createFakeProducer, createInline, useEmbedded } from 'brinemq/testing'
import { handlers, Person, people, signUp } from './sign-up.mjs'

const framework = globalThis.test ? 'jest' : process.env.VITEST ? 'vitest' : 'node:test'
const { test, afterAll, after = afterAll } = framework === 'jest' ? globalThis : await import(framework)

const redis = await useEmbedded()
after(() => redis.close())

test('fake: a sign-up greets the person a minute later', async () => {
  const producer = createFakeProducer(people)
  const id = await signUp(producer, new Person('John', 20))
  const job = producer.expectEnqueued('greet', { person: { name: 'John' } }, { delay: 60_000 })
  assert.equal(job.id, id)
  assert.ok(job.payload.person instanceof Person)
  assert.equal(`${job.payload.person}`, 'John 20')
  producer.expectNotEnqueued('greet', { person: { name: 'Ada' } })
  assert.throws(() => producer.expectEnqueued('greet', { person: { name: 'Ada' } }), /name: 'John'/)
  await assert.rejects(signUp(producer, { name: 'Eve', age: 30 }), { code: 'PAYLOAD_INVALID', path: '$.person' })
})

test('inline: the greeting succeeds at the second attempt', async () => {
  const inline = createInline(people, { handlers })
  const id = await signUp(inline, new Person('John', 20))
  await inline.clock.advance(61_000)
  assert.deepEqual(await inline.job('greet', id).result(), { text: 'Hi John 20' })
})

test('drain: all that waits is run to its end', async () => {
  const inline = createInline(people, { handlers })
  const id = await signUp(inline, new Person('John', 20))
  const outcomes = await inline.drain()
  assert.deepEqual(outcomes, [{ id, name: 'greet', attempts: 2, state: 'completed', result: { text: 'Hi John 20' } }])
})

for (const round of [1, 2]) {
  test(`embedded: a real queue, with nothing of another test in it, ${round}`, async () => {
    const place = { connection: redis.connection, prefix: redis.prefix() }
    const worker = createWorker(people, { ...place, shutdownOnSignals: false, handlers })
    const producer = createProducer(people, place)
    const job = await producer.enqueue(
      'greet',
      { person: new Person('Ada', 36), at: new Date() },
      { backoff: 1, jobId: 'a' },
    )
    assert.deepEqual(await job.result(), { text: 'Hi Ada 36' })
    await Promise.all([producer.close(), worker.close()])
  })
}
