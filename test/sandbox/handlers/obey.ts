import { once } from 'node:events'
import { threadId } from 'node:worker_threads'
import { defineHandler } from 'brinemq'
import { UnrecoverableError } from 'bullmq'
import { Order, ordersQueue, Refusal } from './contract.ts'

class Never extends UnrecoverableError {
  override name = 'Never'
}

class Unregistered extends TypeError {
  override name = 'Unregistered'
}

const seen = new Set<number>()

function isNew({ at }: Order): boolean {
  return seen.size !== seen.add(at.getTime()).size
}

// A handler that does, where it runs, what the test's order says.
export default defineHandler(
  ordersQueue(),
  'obey',
  async (order, { signal, progress, log, delay, rateLimit, attempt }) => {
    if (!order.isDue) throw new Error('an order arrives as its class')
    switch (order.what) {
      case 'report':
        await progress({ percent: 50 })
        await log('half done')
        break
      case 'report nonsense':
        Reflect.apply(progress, undefined, [{ percent: 'half' }])
        await Reflect.apply(progress, undefined, [{ percent: 'half' }])
        break
      case 'refuse':
        throw new Refusal(order)
      case 'refuse for a reason':
        throw new Refusal(order, {
          cause: Object.assign(new Unregistered('no answer'), { status: 503, call: () => 1 }),
        })
      case 'never':
        throw new Never('never')
      case 'return nonsense':
        return Object.assign({ orders: [], pid: 0, thread: 0, attempt }, { attempt: 'first' as never })
      case 'exit':
        if (attempt === 1) process.exit(3)
        break
      case 'throw outside':
        if (attempt === 1) {
          setTimeout(() => {
            throw new TypeError('outside')
          })
          await once(signal, 'abort')
        }
        break
      case 'fill memory':
        if (attempt === 1) for (const all: number[][] = []; ; ) all.push(Array.from({ length: 100_000 }, Math.random))
        break
      case 'burn':
        if (attempt === 1) {
          await progress({ percent: 1 })
          for (;;);
        }
        break
      case 'rest':
        await new Promise((resolve) => setTimeout(resolve, 300))
        break
      case 'wait':
        await progress({ percent: 1 })
        await once(signal, 'abort')
        throw signal.reason
      case 'delay':
        if (isNew(order)) throw delay(250)
        break
      case 'limit':
        if (isNew(order)) throw rateLimit(250)
        break
    }
    return { orders: [order, new Order('next', new Date(1))], pid: process.pid, thread: threadId, attempt }
  },
)
