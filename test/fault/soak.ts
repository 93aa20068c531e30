import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { defineQueue } from 'brinemq'
import { z } from 'zod'

export const soaked = defineQueue('soaked', {
  jobs: {
    soak: {
      payload: z.object({ number: z.number(), text: z.string() }),
      result: z.number(),
      options: { removeOnComplete: 500 },
    },
  },
})

/** What a process holds, after its garbage is collected. */
export interface Held {
  heapBytes: number
  files: number
}

/** Prints once a second what this process holds. */
export function printHeld(): void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  setInterval(() => {
    collect()
    const held: Held = { heapBytes: process.memoryUsage().heapUsed, files: readdirSync('/proc/self/fd').length }
    console.log(`held ${JSON.stringify(held)}`)
  }, 1_000).unref()
}
