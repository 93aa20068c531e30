import { startEmbedded } from 'brinemq/embedded'
import { expect, test } from 'vitest'
import { startProgram } from '../program.ts'

test('render follows jobs of another process by their events, and cancels them there', {
  timeout: 60_000,
}, async () => {
  const redis = await startEmbedded()
  const env = { REDIS_URL: redis.url }
  const worker = startProgram('workers/render.ts', [], { env })
  await worker.said(`worker ${worker.pid} `)
  const producer = startProgram('producers/render.ts', [], { env })
  expect(await producer.ended).toBe(0)
  expect(producer.out).toBe(`Short: frame 1 of 2
Short: frame 2 of 2
Short: ended with frame 2 of 2
Waiting: cancel removed
Endless: cancel requested
Waiting: JOB_CANCELLED render: not needed
Endless: JOB_CANCELLED render: it never ends
Short is completed, Endless failed, Waiting missing
`)
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(128 + 15)
  for (const program of [producer, worker]) expect(program.err).toBe('')
  await redis.close()
})
