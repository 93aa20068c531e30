/**
 * Whether zod's output is the value that went in, container by container: then the value itself can be handed on, whose
 * shared references and cycles zod's copy does not all have. Only containers that zod copies are looked into.
 *
 * `compared` remembers pairs, for schemas that refer to themselves; others end by themselves, as zod did.
 */
export function sameValue(given: unknown, output: unknown, compared?: Map<object, Set<object>>): boolean {
  if (Object.is(given, output)) return true
  if (typeof given !== 'object' || typeof output !== 'object' || given === null || output === null) return false
  if (compared) {
    const outputs = compared.get(given)
    // Equal as far as the comparison that is going on finds.
    if (outputs?.has(output)) return true
    if (outputs) outputs.add(output)
    else compared.set(given, new Set([output]))
  }
  if (Array.isArray(given)) {
    if (!Array.isArray(output) || given.length !== output.length) return false
    return given.every((element, index) => sameValue(element, output[index], compared))
  }
  if (given instanceof Map) return output instanceof Map && sameLists([...given].flat(), [...output].flat(), compared)
  if (given instanceof Set) return output instanceof Set && sameLists([...given], [...output], compared)
  const keys = Object.keys(given)
  if (keys.length !== Object.keys(output).length) return false
  return keys.every((key) => sameValue(Reflect.get(given, key), Reflect.get(output, key), compared))
}

// Zod's copy of a Map or Set keeps its order.
function sameLists(given: unknown[], output: unknown[], compared: Map<object, Set<object>> | undefined): boolean {
  return given.length === output.length && given.every((item, index) => sameValue(item, output[index], compared))
}
