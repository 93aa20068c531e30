// Each argument of a call takes eight bytes of the stack, in every engine: 64 KiB.
const reserve = new Array<undefined>(8_192).fill(undefined)

function nothing(): void {}

/**
 * Whether the stack has room for some more levels of a recursion, and for a check of the user's at its end. It asks the engine, by a
 * call that needs that much: how large a frame is differs between engines, versions and threads.
 */
export function stackHasRoom(): boolean {
  try {
    Reflect.apply(nothing, undefined, reserve)
    return true
  } catch {
    return false
  }
}
