/**
 * A getter of a built-in prototype, taken when the module loads, before any other code could replace it. Called on a value, it
 * reads a slot: nothing that the value or its prototype was given can answer for it.
 */
export function getterOf(prototype: object, name: PropertyKey): (this: unknown) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get
  if (get === undefined) throw new TypeError(`${String(name)} is no getter here`)
  return get
}
