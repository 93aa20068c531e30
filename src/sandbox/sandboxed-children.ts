import type { FlowJob } from 'bullmq'
import { EncodedText } from '../bullmq/encoded-text.ts'
import type { ChildStore } from '../flow/child-store.ts'
import { isError } from '../realm/is-error.ts'
import { isQuestion, type Question, type Reply } from './sandbox-messages.ts'

/** Asks home for something and gives its answer. */
export type Ask = (about: Question['about'], given?: unknown) => Promise<unknown>

/** What is stored of a job's children, asked from where its handler runs sandboxed: Redis is out of its reach. */
export function childrenAtHome(place: Pick<ChildStore, 'id' | 'job' | 'prefix' | 'token'>, ask: Ask): ChildStore {
  // What home answers is what its own store gives: see answerQuestions.
  return {
    ...place,
    completed: (queue) => ask('completed', queue) as ReturnType<ChildStore['completed']>,
    failed: (queue) => ask('failed', queue) as ReturnType<ChildStore['failed']>,
    counts: () => ask('counts') as ReturnType<ChildStore['counts']>,
    add: (flows) => ask('add', flows.map(toPlain)) as ReturnType<ChildStore['add']>,
    hasStep: (name) => ask('hasStep', name) as ReturnType<ChildStore['hasStep']>,
    endStep: (name) => ask('endStep', name) as ReturnType<ChildStore['endStep']>,
  }
}

export interface Answering {
  store: ChildStore
  waits: () => unknown
  encodeError: (thrown: unknown) => string | undefined
}

/** Answers, at home, what a handler asks from its thread or process; undefined for a message that asks nothing of this job. */
export async function answer(message: unknown, { store, waits, encodeError }: Answering): Promise<Reply | undefined> {
  if (!isQuestion(message) || message.job !== store.id) return undefined
  const { question, about, given } = message
  try {
    const value = about === 'add' ? await store.add((given as PlainFlow[]).map(fromPlain)) : await tell(about, given)
    return { answer: question, value }
  } catch (thrown) {
    const said = isError(thrown) ? thrown.message : String(thrown)
    return { answer: question, error: encodeError(thrown), message: said }
  }

  function tell(what: Exclude<Question['about'], 'add'>, name: unknown): unknown {
    return what === 'waits' ? waits() : store[what](String(name))
  }
}

/** A prepared tree whose payloads are texts as such: classes do not cross. */
interface PlainFlow extends Omit<FlowJob, 'data' | 'children'> {
  text: string
  children: PlainFlow[]
}

function toPlain({ data, children = [], ...flow }: FlowJob): PlainFlow {
  return { ...flow, text: data instanceof EncodedText ? data.text : '', children: children.map(toPlain) }
}

function fromPlain({ text, children, ...flow }: PlainFlow): FlowJob {
  const job = { ...flow, data: new EncodedText(text) }
  return children.length > 0 ? { ...job, children: children.map(fromPlain) } : job
}
