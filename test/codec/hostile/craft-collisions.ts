/**
 * What V8 would hash to `hash`, which has no seed: its steps, backwards. Whoever knows them chooses numbers that all fall into one
 * bucket. A double or a bigint is hashed by its 64 bits.
 */
function unhash(
  hash: bigint,
  bits: number,
  steps: readonly (readonly [step: 'shift' | 'times', by: bigint])[],
): bigint {
  const cut = (value: bigint) => BigInt.asUintN(bits, value)
  const backwards = {
    // value ^ (value >> by)
    shift(value: bigint, by: bigint) {
      let back = value
      for (let round = 0; round < bits / Number(by); round += 1) back = cut(value ^ (back >> by))
      return back
    },
    // By the inverse of an odd factor, which Newton's steps find.
    times(value: bigint, by: bigint) {
      let inverse = 1n
      for (let round = 0; round < 6; round += 1) inverse = cut(inverse * (2n - by * inverse))
      return cut(value * inverse)
    },
  }
  return steps.reduceRight((value, [step, by]) => backwards[step](value, by), hash)
}

const ofIntegers = [
  ['shift', 12n],
  ['times', 5n],
  ['shift', 4n],
  ['times', 2057n],
  ['shift', 16n],
] as const
const ofLongs = [
  ['shift', 31n],
  ['times', 21n],
  ['shift', 11n],
  ['times', 65n],
  ['shift', 22n],
] as const

// Both begin with ~key + (key << by), which is key * (2 ** by - 1) - 1.
function unbegin(begun: bigint, bits: number, by: bigint): bigint {
  return unhash(BigInt.asUintN(bits, begun + 1n), bits, [['times', 2n ** by - 1n]])
}

/** Integers that fall into one bucket. */
export function craft(wanted: number): number[] {
  return Array.from({ length: wanted }, (_, at) => {
    const key = unbegin(unhash((BigInt(at) << 15n) + 5n, 32, ofIntegers), 32, 15n)
    return Number(BigInt.asIntN(32, key))
  })
}

/** The same of bigints. */
export function craftLongs(wanted: number): bigint[] {
  return Array.from({ length: wanted }, (_, at) => unbegin(unhash((BigInt(at) << 30n) + 5n, 64, ofLongs), 64, 18n))
}

/** The same of numbers that are not whole. */
export function craftDoubles(wanted: number): number[] {
  const view = new DataView(new ArrayBuffer(8))
  const doubles = craftLongs(wanted * 2).map((bits) => {
    view.setBigUint64(0, bits)
    return view.getFloat64(0)
  })
  return doubles.filter((double) => Number.isFinite(double) && !Number.isInteger(double)).slice(0, wanted)
}
