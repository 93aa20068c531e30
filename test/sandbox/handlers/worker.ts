// A worker in a process of its own, whose handler runs where its argument says.
import { createWorker, sandboxed } from 'brinemq'
import { ordersQueue } from './contract.ts'

const worker = createWorker(ordersQueue(process.env['PREFIX']), {
  connection: process.env['REDIS_URL'],
  concurrency: 2,
  graceMs: 100,
  handlers: {
    obey: sandboxed(new URL('./obey.ts', import.meta.url), { in: process.argv[2] === 'thread' ? 'thread' : 'process' }),
    hurry: () => {},
  },
})
worker.bullmq.on('progress', () => console.log('progress'))
