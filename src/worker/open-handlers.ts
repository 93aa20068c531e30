import type { EnvelopeCodec } from '../codec/envelope.ts'
import type { QueueContract } from '../contract/contract.ts'
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { SandboxedHandler } from '../sandbox/sandboxed.ts'
import { type UntypedMiddleware, wrapHandler } from './middleware.ts'
import type { UntypedHandler } from './run-job.ts'

/** A worker's handlers, ready to be called, and the threads and processes of those that are sandboxed. */
export interface OpenHandlers {
  readonly handlers: ReadonlyMap<string, UntypedHandler>
  /** Ends the threads and processes, and resolves when they are gone. */
  close(): Promise<unknown>
}

/** Makes functions of what `createWorker` was given. Threads and processes start with the first jobs. */
export function openHandlers(
  contract: QueueContract,
  codec: EnvelopeCodec,
  given: ReadonlyMap<string, UntypedHandler | SandboxedHandler>,
  use: readonly UntypedMiddleware[] = [],
): OpenHandlers {
  const handlers = new Map<string, UntypedHandler>()
  const sandboxes: Sandbox[] = []
  for (const [name, entry] of contract.entries) {
    const handler = given.get(name)
    if (handler instanceof SandboxedHandler) {
      const sandbox = openSandbox(handler, { queue: contract.name, entry, codec })
      sandboxes.push(sandbox)
      const run: UntypedHandler = (text, context, job) => sandbox.run(String(text), context, job.name)
      handlers.set(name, Object.assign(run, { takesText: true } as const))
    } else if (handler) handlers.set(name, handler)
    const inner = handlers.get(name)
    if (inner && use.length > 0) handlers.set(name, wrapHandler(inner, use, { contract, entry, codec }))
  }
  return { handlers, close: () => Promise.all(sandboxes.map((sandbox) => sandbox.close())) }
}
