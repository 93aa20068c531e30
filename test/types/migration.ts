// Compiled, never run: what must compile does, and what must not is expected not to.
import { defineQueue, encodeData, openJob, openReturnValue } from 'brinemq'
import { Worker } from 'bullmq'
import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_ extends true>() => {}

const queue = defineQueue('queue', {
  accept: 'json',
  jobs: {
    measure: { payload: z.string().transform((text) => text.length), result: z.number().transform((n) => `${n}`) },
    touch: { payload: z.date() },
  },
})

export async function shares() {
  new Worker('queue', async (job) => {
    const opened = await openJob(queue, job)
    holds<Same<typeof opened.name, 'measure' | 'touch'>>()
    if (opened.name === 'touch') {
      holds<Same<typeof opened.payload, Date>>()
      return opened.encodeResult('anything')
    }
    holds<Same<typeof opened.payload, number>>()
    // @ts-expect-error a result of another type
    await opened.encodeResult('text')
    return opened.encodeResult(opened.payload)
  })
  await encodeData(queue, 'measure', 'text')
  const result = await openReturnValue(queue, 'measure', {})
  holds<Same<typeof result, string>>()
  // @ts-expect-error a payload of another type
  await encodeData(queue, 'measure', 5)
  // @ts-expect-error there is no such job
  await openReturnValue(queue, 'nobody', {})
  // @ts-expect-error there is no such word
  defineQueue('queue', { accept: 'yaml', jobs: { touch: { payload: z.date() } } })
}
