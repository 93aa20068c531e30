import { BrineError } from 'brinemq'

// What its user can mend, such as a Redis or a file that is not there, is said in a line. Anything else is a bug, and
// shows its stack.
process.on('uncaughtException', (error) => {
  console.error(error instanceof BrineError || 'syscall' in error ? error.message : error)
  process.exit(1)
})
