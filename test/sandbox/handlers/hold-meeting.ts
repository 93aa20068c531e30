import { runInNewContext } from 'node:vm'
import { defineHandler } from 'brinemq'
import { meetings } from './meetings.ts'

// Gives and throws what was made in another realm.
export default defineHandler(meetings(), 'hold', ({ at }) => {
  if (!(at instanceof Date)) throw new Error('a date arrives as one of this realm')
  if (at.getTime() > 0) return runInNewContext('({ at: new Date(6) })')
  throw runInNewContext('Object.assign(new RangeError("late", { cause: new Error("so") }), { at: new Date(1) })')
})
