/** A function as a program without types could call it. */
export function untyped<T>(call: (...given: never[]) => T): (...given: unknown[]) => T {
  return (...given) => Reflect.apply(call, undefined, given) as T
}
