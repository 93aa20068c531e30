import { setTimeout as wait } from 'node:timers/promises'
import { afterAll } from 'vitest'

const closed = ['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap']
const patienceMs = 2_000

// In force for every test file, as its last hook: what a file opened, it closes. A socket takes a moment to be gone.
afterAll(async () => {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const open = process.getActiveResourcesInfo().filter((kind) => closed.includes(kind))
    if (open.length === 0) return
    if (Date.now() > deadline) throw new Error(`left open at the end of this file: ${open.join(', ')}`)
    await wait(10)
  }
})
