export { createProducer, createWorker } from 'brinemq'
export { connection, handlers, people } from './people.ts'
