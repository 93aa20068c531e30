import { type Child, ChildCommand, ParentCommand } from 'bullmq'
import { Children, died, endOf } from '../bullmq/child-pool.ts'
import { EncodedText } from '../bullmq/encoded-text.ts'
import { HandlerFailure } from '../bullmq/handler-failure.ts'
import type { EnvelopeCodec } from '../codec/envelope.ts'
import { createEnvelopeCodec } from '../codec/envelope-codec.ts'
import type { ContractJob } from '../contract/contract.ts'
import { BrineError } from '../errors.ts'
import { sourceOf } from '../flow/job-children.ts'
import { WaitsForChildren } from '../flow/waits-for-children.ts'
import { JobDeferred } from '../job/job-deferred.ts'
import type { HandlerContext } from '../worker/handler.ts'
import { loaderFlags } from './loader-flags.ts'
import { findSandboxFiles } from './sandbox-files.ts'
import { type Answer, errorPlace, isQuestion, type Start } from './sandbox-messages.ts'
import type { SandboxedHandler } from './sandboxed.ts'
import { answer as answerQuestion } from './sandboxed-children.ts'

/** The threads or processes of one sandboxed handler. */
export interface Sandbox {
  /**
   * Has an attempt made, and gives its encoded result. Rejects with a HandlerFailure or JobDeferred of the handler's, or with
   * SANDBOX_DIED.
   */
  run(payload: string, context: HandlerContext, named: string): Promise<EncodedText>
  /** Ends its threads and processes, whatever they do, and resolves when they are gone. */
  close(): Promise<void>
}

export interface SandboxOptions {
  queue: string
  entry: ContractJob
  codec: EnvelopeCodec
}

/** Throws OPTIONS_INVALID where a bundler left out the files that it needs. */
export function openSandbox({ module, options }: SandboxedHandler, { queue, entry, codec }: SandboxOptions): Sandbox {
  const { in: where, killAfterMs } = options
  const { main, processor } = findSandboxFiles(module, where, entry.name)
  const children = new Children(main, { ...options, flags: loaderFlags(module, where) })

  async function run(payload: string, context: HandlerContext, named: string): Promise<EncodedText> {
    try {
      const child = await children.retain(processor)
      if (!context.signal.aborted) return await runIn(child, describeStart(context, named, payload), context)
      // Starting one takes a while.
      children.release(child)
      throw context.signal.reason
    } catch (error) {
      throw error instanceof BrineError ? error.relocated({ job: entry.name }) : error
    }
  }

  async function runIn(child: Child, start: Start, context: HandlerContext): Promise<EncodedText> {
    const { signal } = context
    const told = new Set<Promise<unknown>>()
    let killing: NodeJS.Timeout | undefined
    const onAbort = () => {
      const value = codec.encodeThrown(signal.reason, errorPlace(entry, context.id))
      child.send({ cmd: ChildCommand.Cancel, value }).catch(() => {})
      killing = setTimeout(() => void children.end(child), killAfterMs)
    }
    let onMessage: ((message: unknown) => void) | undefined
    let reusable = false
    try {
      const answered = new Promise<Answer>((resolve, reject) => {
        onMessage = (message) => {
          if (isQuestion(message)) return void reply(child, message, context)
          const { cmd, value } = readMessage(message)
          if (cmd === ParentCommand.Progress) told.add(context.progress(new EncodedText(String(value))))
          else if (cmd === ParentCommand.Log) told.add(context.log(String(value)))
          else if (cmd === ParentCommand.Completed) resolve(value as Answer)
          // What our program throws is in its answers: this is an error that nothing caught, and the child ends by it.
          else if (cmd === ParentCommand.Failed) reject(uncaught(value))
          else if (cmd === ParentCommand.Error) reject(died(where, 'it was told to end', undefined))
        }
        child.on('message', onMessage)
      })
      const data = JSON.stringify(start)
      const sent = child.send({ cmd: ChildCommand.Start, job: { data } }).then(() => answered)
      signal.addEventListener('abort', onAbort, { once: true })
      const answer = await Promise.race([sent, endOf(child)])
      reusable = !(answer.state === 'threw' && answer.unloaded)
      await Promise.allSettled(told)
      return take(answer, context.id)
    } finally {
      clearTimeout(killing)
      signal.removeEventListener('abort', onAbort)
      if (onMessage) child.off('message', onMessage)
      if (reusable) children.release(child)
      else void children.end(child)
    }
  }

  async function reply(child: Child, question: unknown, { id, children }: HandlerContext): Promise<void> {
    const source = sourceOf(children)
    const encodeError = (thrown: unknown) => codec.encodeThrown(thrown, errorPlace(entry, id))
    const told = source && (await answerQuestion(question, { ...source, encodeError }))
    // One that is gone asks nothing more.
    if (told) await child.send({ ...told }).catch(() => {})
  }

  function describeStart(context: HandlerContext, named: string, payload: string): Start {
    const { id, name, attempt, maxAttempts, enqueuedAt, metadata, children } = context
    const prefix = sourceOf(children)?.store.prefix ?? 'bull'
    return { module, queue, prefix, id, name, named, attempt, maxAttempts, enqueuedAt: +enqueuedAt, metadata, payload }
  }

  function take(answer: Answer, id: string): EncodedText {
    if (answer.state === 'returned') return new EncodedText(answer.text)
    if (answer.state === 'putBack') throw new JobDeferred(answer.why, answer.ms)
    if (answer.state === 'waits') throw new WaitsForChildren()
    const { encoded, message, stack, retry, refused } = answer
    const thrown = decodeThrown(answer, id)
    // The worker encodes it, as what a handler throws at home.
    if (answer.unloaded) throw thrown
    throw new HandlerFailure({ thrown, encoded, message, stack, retry, refused })
  }

  /** What the handler threw, for those at home who ask for its class: middlewares, `retry` and backoff strategies. */
  function decodeThrown({ encoded, message, unloaded }: Extract<Answer, { state: 'threw' }>, id: string): unknown {
    try {
      const opening = unloaded ? createEnvelopeCodec() : codec
      if (encoded !== undefined) return opening.decode(encoded, errorPlace(entry, id)).value
    } catch {
      // Told by its message.
    }
    return new BrineError('JOB_FAILED', message, { job: entry.name })
  }

  function uncaught(value: unknown): BrineError {
    const message: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'message') : value
    return died(where, 'an error was thrown that nothing caught, see the cause', new Error(String(message)))
  }

  return { run, close: () => children.close() }
}

function readMessage(message: unknown): { cmd?: unknown; value?: unknown } {
  return typeof message === 'object' && message !== null ? message : {}
}
