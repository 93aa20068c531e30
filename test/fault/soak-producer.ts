// The producer of the soak: for SOAK_MS it adds jobs and waits for their results. What it is told is lost it adds again, by the same id.
import { setTimeout as wait } from 'node:timers/promises'
import { BrineError, createProducer } from 'brinemq'
import { printHeld, soaked } from './soak.ts'

const producer = createProducer(soaked, { connection: process.env['REDIS_URL'], prefix: process.env['PREFIX'] })
printHeld()

async function enqueue(number: number) {
  for (;;) {
    try {
      return await producer.enqueue('soak', { number, text: 'x'.repeat(500) }, { jobId: `soak-${number}` })
    } catch (error) {
      if (!(error instanceof BrineError && error.code === 'REDIS_UNREACHABLE')) throw error
    }
  }
}

const over = performance.now() + Number(process.env['SOAK_MS'])
const waiting = new Set<Promise<void>>()
let [next, right, wrong] = [0, 0, 0]
while (performance.now() < over) {
  for (let count = 0; count < 10; count += 1) {
    const number = next++
    const ended = enqueue(number)
      .then((job) => job.result({ timeoutMs: 120_000 }))
      .then((result) => {
        if (result === number * 2) right += 1
        else wrong += 1
      })
      .catch((error: unknown) => {
        wrong += 1
        console.log(`lost ${number}: ${error}`)
      })
      .finally(() => waiting.delete(ended))
    waiting.add(ended)
  }
  await wait(100)
}
await Promise.all(waiting)
console.log(`ended ${JSON.stringify({ enqueued: next, right, wrong })}`)
await producer.close()
