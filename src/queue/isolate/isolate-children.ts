import { BrineError } from '../../errors.ts'
import type { HandlerChildren } from '../flow/handler-children.ts'

/** What an isolated handler has for children: Redis is out of its reach, and a job that waits for children burns nothing. */
export function childrenAtHome(job: string): HandlerChildren {
  const refuse = () =>
    Promise.reject(
      new BrineError('OPTIONS_INVALID', "an isolated handler has no children: give that job's handler to run at home", {
        job,
        path: 'context.children',
      }),
    )
  return { results: refuse, failures: refuse, counts: refuse, add: refuse, wait: refuse, step: refuse }
}
