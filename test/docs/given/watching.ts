import { createWorker } from 'brinemq'
import { createMetrics } from 'brinemq/metrics'
import { handlers, people } from './people.ts'

export { createProducer, createWorker } from 'brinemq'
export { connection, handlers, people } from './people.ts'
export const metrics = createMetrics()
export const worker = createWorker(people, { handlers })
