type Disposable = AsyncDisposable & { close(): Promise<void> }

/** What the factory of a disposable object writes itself. */
export type Undisposed<T extends Disposable> = Omit<T, typeof Symbol.asyncDispose>

/** Lets `await using` close an object. */
export function disposable<T extends Disposable>(opened: Undisposed<T>): T {
  const { close } = opened as Pick<T, 'close'>
  const made: object = Object.assign(opened, { [Symbol.asyncDispose]: () => close.call(opened) })
  return made as T
}
