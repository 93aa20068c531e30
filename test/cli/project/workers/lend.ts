import { createWorker } from 'brinemq'
import { loans } from '../library.ts'

const worker = createWorker(loans, {
  connection: process.env['REDIS_URL'],
  handlers: {
    lend: ({ to, due }) => {
      if (to.name === 'Nobody') throw new RangeError(`no reader ${to.name}`)
      // As a bug in a native library would end the process.
      if (to.name === 'Crash') process.exit(9)
      return { shelf: `${process.pid}`, at: due }
    },
    remind: () => {},
  },
})
await worker.waitUntilReady()
console.log(`worker ${process.pid} lends`)
