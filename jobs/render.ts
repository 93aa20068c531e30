import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

/** How far a film is. */
export class Frame {
  constructor(
    readonly number: number,
    readonly of: number,
  ) {}

  toString(): string {
    return `frame ${this.number} of ${this.of}`
  }
}

const frame = defineModel(Frame, {
  tag: 'frame',
  fields: z.object({ number: z.number(), of: z.number() }),
  decode: ({ number, of }) => new Frame(number, of),
})

export const films = defineQueue('films', {
  models: [frame],
  jobs: {
    render: {
      payload: z.object({ title: z.string(), frames: z.number().int(), msPerFrame: z.number() }),
      result: frame.schema,
      progress: frame.schema,
      // A film that takes longer has met a fault: its signal aborts, and the attempt fails with JOB_TIMEOUT.
      timeoutMs: 60_000,
      options: { removeOnComplete: { age: 3600 }, removeOnFail: { age: 3600 } },
    },
  },
})
