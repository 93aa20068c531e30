/** Somebody who waits. Whatever comes first ends it: what is waited for, its time, or its signal. */
export interface Settle<T> {
  resolve(value: T): void
  reject(reason: unknown): void
}

export interface Wait<T> {
  signal: AbortSignal | undefined
  /** Has what it is given called when it is too late, unless what it gives is called before. */
  whenLate(reject: (reason: unknown) => void): () => void
  /** Notes who waits; what it gives is called once, at the end. */
  enter(settle: Settle<T>): () => void
}

/** Waits until it is told. Rejects with the reason of the signal, or what `whenLate` rejects with. */
export function waitFor<T>({ signal, whenLate, enter }: Wait<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    let ended = false
    const end = () => {
      if (ended) return
      ended = true
      callOff()
      signal?.removeEventListener('abort', onAbort)
      leave()
    }
    const settle: Settle<T> = {
      resolve(value) {
        end()
        resolve(value)
      },
      reject(reason) {
        end()
        reject(reason)
      },
    }
    const onAbort = () => settle.reject(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    const callOff = whenLate(settle.reject)
    const leave = enter(settle)
  })
}
