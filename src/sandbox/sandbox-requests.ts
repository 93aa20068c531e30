import { parentPort } from 'node:worker_threads'
import { isReply, type Question, type Reply } from './sandbox-messages.ts'
import type { Ask } from './sandboxed-children.ts'

let last = 0
const asked = new Map<number, (reply: Reply) => void>()
let listening = false

/** What a handler asks of home while it works on the job of this id; `decodeError` makes an error of what home could not do. */
export function askOf(job: string, decodeError: (reply: Reply) => unknown): Ask {
  return (about, given) =>
    new Promise((resolve, reject) => {
      listen()
      const question = ++last
      asked.set(question, (reply) => {
        asked.delete(question)
        if ('message' in reply) reject(decodeError(reply))
        else resolve(reply.value)
      })
      send({ question, job, about, given })
    })
}

function listen(): void {
  if (listening) return
  listening = true
  const onMessage = (message: unknown) => {
    if (isReply(message)) asked.get(message.answer)?.(message)
  }
  if (parentPort) parentPort.on('message', onMessage)
  else process.on('message', onMessage)
}

// BullMQ's program has no such messages, and passes them over.
function send(question: Question): void {
  if (parentPort) parentPort.postMessage(question)
  else process.send?.(question)
}
