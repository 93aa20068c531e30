// The worker of the fault tests: it says of each parcel that it handles whether it is whole.
import { createWorker } from 'brinemq'
import { parcels } from './parcels.ts'

createWorker(parcels, {
  connection: process.env['REDIS_URL'],
  concurrency: 10,
  // A job that was taken when the server died belongs to nobody until its lock has run out.
  lockDuration: 2_000,
  stalledInterval: 500,
  handlers: {
    deliver: async (parcel) => {
      console.log(`${parcel.isWhole() ? 'whole' : 'broken'} ${parcel.number}`)
      return { delivered: parcel, whole: parcel.isWhole() }
    },
  },
})
