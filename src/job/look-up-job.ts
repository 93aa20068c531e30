/** Looks jobs up: many at once, and each once, however many callers ask. */
export interface LookUp {
  /** Looks a job up soon. */
  ask(jobId: string): void
  /** Nobody waits for the job any more. */
  forget(jobId: string): void
}

export interface LookUpOptions {
  /** Looks up some jobs; gives how many of the first of them it did. A rejection leaves all of them to whoever asks again. */
  look: (jobIds: readonly string[]) => Promise<number>
}

// One command of Redis looks up so many jobs in well under a millisecond.
const mostAtOnce = 100
// One is on its way while another is read.
const mostUnderWay = 2

export function createLookUp({ look }: LookUpOptions): LookUp {
  const wanted = new Set<string>()
  let underWay = 0

  async function lookAll(): Promise<void> {
    if (underWay === mostUnderWay) return
    underWay += 1
    // All that is asked for in this turn goes together.
    await undefined
    while (wanted.size > 0) {
      const ids = [...wanted].slice(0, mostAtOnce)
      for (const id of ids) wanted.delete(id)
      const done = await look(ids).catch(() => ids.length)
      for (const id of ids.slice(done)) wanted.add(id)
    }
    underWay -= 1
  }

  return {
    ask(jobId) {
      wanted.add(jobId)
      void lookAll()
    },
    forget: (jobId) => void wanted.delete(jobId),
  }
}
