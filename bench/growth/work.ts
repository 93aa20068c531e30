// A worker process of the bench: works on the queue that it is told, until it is told to stop, and says what that cost.
import { ofOrders } from '../cargo.ts'
import { type Peer, peers } from '../job-peers.ts'
import { type FromParent, isFromParent, type ToParent } from './protocol.ts'

let stop: (() => Promise<number>) | undefined

function start({ peer: name, url, prefix }: Extract<FromParent, { do: 'work' }>): () => Promise<number> {
  const peer: Peer<object> = peers[name](url, prefix, ofOrders)
  // From the first job on: a start is paid once, and not for each job.
  let before: NodeJS.CpuUsage | undefined
  const begin = () => {
    before ??= process.cpuUsage()
  }
  const worker = peer.work({ concurrency: 50, handled: begin, completed: () => {} })
  return async () => {
    begin()
    const { user, system } = process.cpuUsage(before)
    await worker.close()
    await peer.close()
    return user + system
  }
}

const tell = (message: ToParent) => process.send?.(message)

process.on('message', async (message) => {
  if (!isFromParent(message)) return
  if (message.do === 'work') stop = start(message)
  else tell({ cpuUs: (await stop?.()) ?? 0 })
})
// Whatever ended the bench.
process.on('disconnect', () => process.exit())
tell({ ready: true })
