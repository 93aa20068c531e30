import { craft, craftDoubles, craftLongs } from '../test/codec/hostile/craft-collisions.ts'

/**
 * Whether this engine still hashes numbers without a seed, as src/limits/key-collisions.ts assumes. It measures times, so it is no
 * test: run it by hand with a new Node, `npx tsx bench/hash-canary.ts`. It exits with 1 when the assumption no longer holds:
 * then the refusals protect nothing, and docs/security.md says what follows.
 */
const count = 12_000
const rounds = 5
// Colliding numbers take 20 to 200 times as long here, others about as long as any.
const muchSlower = 5

type Fill = (keys: readonly unknown[]) => unknown

const fillSet: Fill = (keys) => new Set(keys)
const fillMap: Fill = (keys) => new Map(keys.map((key) => [key, key]))
const copyObject: Fill = (keys) => {
  const object: Record<string, unknown> = Object.fromEntries(keys.map((key) => [String(key), 1]))
  return Object.entries({ ...object })
}

const integers = craft(count)
const longs = craftLongs(count)
const names = craft(count * 2)
  .filter((key) => key >= 0)
  .slice(0, count)

const kinds: [name: string, fill: Fill, crafted: readonly unknown[], spread: (at: number) => unknown][] = [
  ['integers in a Set', fillSet, integers, (at) => at * 7919],
  ['integers as keys of a Map', fillMap, integers, (at) => at * 7919],
  ['doubles in a Set', fillSet, craftDoubles(count), (at) => at * 7919.5 + 0.25],
  ['bigints in a Set', fillSet, longs, (at) => BigInt(at) * 7919n],
  ['integers as names of properties', copyObject, names, (at) => at * 7919],
]

let assumed = true
for (const [name, fill, crafted, spread] of kinds) {
  const plain = crafted.map((_, at) => spread(at))
  const ratio = fastest(() => fill(crafted)) / fastest(() => fill(plain))
  const collide = ratio > muchSlower
  assumed &&= collide
  console.log(`${collide ? 'collide' : 'SPREAD '}  ${ratio.toFixed(1).padStart(6)} times as long  ${name}`)
}
const { node, v8 } = process.versions
console.log(
  assumed
    ? `Node ${node} (V8 ${v8}) hashes numbers without a seed, as src/limits/key-collisions.ts assumes`
    : `Node ${node} (V8 ${v8}) does not hash all numbers as src/limits/key-collisions.ts assumes: see docs/security.md`,
)
process.exitCode = assumed ? 0 : 1

function fastest(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now()
    run()
    best = Math.min(best, performance.now() - begun)
  }
  return best
}
