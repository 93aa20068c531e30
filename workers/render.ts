// Renders films until Ctrl-C: npx tsx workers/render.ts, with a Redis at REDIS_URL (default redis://127.0.0.1:6379).
import { setTimeout as wait } from 'node:timers/promises'
import { createWorker } from 'brinemq'
import { Frame, films } from '../jobs/render.ts'

const worker = createWorker(films, {
  connection: process.env['REDIS_URL'],
  handlers: {
    render: async ({ frames, msPerFrame }, { signal, progress }) => {
      for (let number = 1; number <= frames; number += 1) {
        // Throws the signal's reason when the job is cancelled.
        await wait(msPerFrame, undefined, { signal })
        await progress(new Frame(number, frames))
      }
      return new Frame(frames, frames)
    },
  },
})
worker.bullmq.once('ready', () => console.log(`worker ${process.pid} renders films`))
