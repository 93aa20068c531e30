import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'
import type { JobNames, PayloadOutput, QueueContract } from '../contract/contract.ts'
import type { EnqueueOptions } from '../contract/job-options.ts'
import type { CapturedJob } from './captured-job.ts'
import { type Expected, matches } from './matches.ts'

/** A part of the payload, or a function that says whether a payload is meant. */
export type PayloadExpectation<C extends QueueContract, N extends JobNames<C>> =
  | Expected<PayloadOutput<C, N>>
  | ((payload: PayloadOutput<C, N>, job: CapturedJob<C, N>) => boolean)

/** What a test asks of the jobs that were enqueued. Each works without a test framework. */
export interface Expectations<C extends QueueContract> {
  /**
   * The first enqueued job of that name with such a payload, and such options. Throws an AssertionError that shows what was
   * enqueued instead.
   */
  expectEnqueued<N extends JobNames<C>>(
    name: N,
    payload?: PayloadExpectation<C, N>,
    options?: Expected<EnqueueOptions>,
  ): CapturedJob<C, N>
  /** Throws an AssertionError when there is one. */
  expectNotEnqueued<N extends JobNames<C>>(
    name: N,
    payload?: PayloadExpectation<C, N>,
    options?: Expected<EnqueueOptions>,
  ): void
}

type UntypedJob = CapturedJob<QueueContract, string>

interface UntypedExpectations {
  expectEnqueued(name: string, payload?: unknown, options?: unknown): UntypedJob
  expectNotEnqueued(name: string, payload?: unknown, options?: unknown): void
}

/** Expectations that need no test framework, on what `captured` gives. */
export function createExpectations(captured: () => readonly UntypedJob[]): UntypedExpectations {
  // An undefined payload may be meant, so that what is given is counted.
  const find = (name: string, ...[payload, options]: unknown[]) => {
    const isMeant = (job: UntypedJob) =>
      job.name === name &&
      (payload === undefined ||
        (typeof payload === 'function' ? payload(job.payload, job) === true : matches(job.payload, payload))) &&
      (options === undefined || matches(job.options, options))
    return captured().find(isMeant)
  }

  const expectations: UntypedExpectations = {
    expectEnqueued(name, ...expected) {
      const found = find(name, ...expected)
      if (found) return found
      const others = captured()
        .filter((job) => job.name === name)
        .map((job) => shown(job, expected[1] !== undefined))
      throw new AssertionError({
        message: `expected a job '${name}' to be enqueued${such(expected)}\n${instead(name, others, captured())}`,
        actual: others.length === 1 ? others[0] : others,
        expected: expected[1] === undefined ? { payload: expected[0] } : { payload: expected[0], options: expected[1] },
        operator: 'expectEnqueued',
        stackStartFn: expectations.expectEnqueued,
      })
    },
    expectNotEnqueued(name, ...expected) {
      const found = find(name, ...expected)
      if (!found) return
      throw new AssertionError({
        message: `expected no job '${name}' to be enqueued${such(expected)}\nbut this one was:\n${list([shown(found, true)])}`,
        actual: shown(found, true),
        expected: undefined,
        operator: 'expectNotEnqueued',
        stackStartFn: expectations.expectNotEnqueued,
      })
    },
  }
  return expectations
}

function shown({ payload, options }: UntypedJob, withOptions: boolean): object {
  return withOptions ? { payload, options } : { payload }
}

function such([payload, options]: readonly unknown[]): string {
  const wanted: string[] = []
  if (typeof payload === 'function') wanted.push('a payload for which the given function is true')
  else if (payload !== undefined) wanted.push(`a payload with\n${indented(payload)}\n`)
  if (options !== undefined) wanted.push(`options with\n${indented(options)}\n`)
  return wanted.length === 0 ? '' : ` that has ${wanted.join('and ').trimEnd()}`
}

function instead(name: string, others: readonly object[], all: readonly UntypedJob[]): string {
  if (others.length > 0) return `enqueued were, of that name:\n${list(others)}`
  if (all.length === 0) return 'nothing was enqueued'
  const names = [...new Set(all.map((job) => job.name))].join(', ')
  return `no job '${name}' was enqueued; enqueued were: ${names}`
}

function list(jobs: readonly object[]): string {
  return jobs.map(indented).join('\n')
}

function indented(value: unknown): string {
  return inspect(value, { depth: 6, sorted: true }).replaceAll(/^/gm, '  ')
}
