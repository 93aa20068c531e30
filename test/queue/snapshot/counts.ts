// A queue whose schemas take their time, and a handler that goes on changing what it handed over.

import { setImmediate as turn } from 'node:timers/promises'
import { defineQueue, type HandlerContext } from 'brinemq'
import { z } from 'zod'

export const most = 10

/** Takes more than one turn of the event loop to find out whether a count is too large. */
export const slowCount = z.object({ n: z.number() }).refine(async ({ n }) => {
  await turn()
  await turn()
  return n < most
})

export function countsQueue(definition: { prefix?: string; keys?: string } = {}) {
  return defineQueue('counts', {
    ...definition,
    jobs: {
      slow: { payload: slowCount, result: slowCount, progress: slowCount },
      plain: { payload: z.object({ n: z.number() }) },
    },
  })
}

type Context = Pick<HandlerContext<ReturnType<typeof countsQueue>, 'slow'>, 'progress'>

/** Reports and returns what it was given, and changes it as soon as that is out of its hands. */
export async function changeLater({ n }: { n: number }, { progress }: Context) {
  const reported = { n }
  const reporting = progress(reported)
  reported.n += most
  await reporting
  const returned = { n }
  setImmediate(() => {
    returned.n += most
  })
  return returned
}
