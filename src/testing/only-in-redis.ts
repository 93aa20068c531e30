import { BrineError } from '../errors.ts'

const names = ['quarantine', 'bullmq']

/** Gives a producer in memory the members that only a Redis can serve: they say so when they are asked for. */
export function refuseRedis<T extends object>(producer: T): T {
  for (const name of names) {
    const get = () => {
      throw new BrineError('OPTIONS_INVALID', `${name} needs a Redis: test this with useEmbedded()`)
    }
    Object.defineProperty(producer, name, { get, enumerable: true })
  }
  return producer
}
