import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { Knot, Link } from './classes.ts'
import { difference } from './difference.ts'
import { fixtureModels } from './fixtures.ts'

const codec = createCodec({ models: fixtureModels })

/** Of each node: whether `decode` builds it, and the nodes that it holds. */
type Graph = readonly { decoded: boolean; holds: readonly number[] }[]

function make(graph: Graph): unknown {
  const nodes = graph.map(({ decoded }, label) => (decoded ? new Knot(label, undefined) : new Link(label)))
  graph.forEach(({ holds }, at) => {
    // Built otherwise than by the constructor, as a test must to close a cycle at all.
    Object.assign(nodes[at] as object, { next: holds.map((other) => nodes[other]) })
  })
  return nodes[0]
}

function reached(graph: Graph, from: readonly number[]): Set<number> {
  const seen = new Set(from)
  for (const at of seen) for (const next of graph[at]?.holds ?? []) seen.add(next)
  return seen
}

/** Whether a node that `decode` builds reaches itself. */
function closesThroughDecode(graph: Graph): boolean {
  return [...reached(graph, [0])].some((at) => graph[at]?.decoded && reached(graph, graph[at].holds).has(at))
}

function check(graph: Graph): void {
  const value = make(graph)
  if (closesThroughDecode(graph)) {
    expect(() => codec.encode(value)).toThrow(expect.objectContaining({ code: 'CYCLE_THROUGH_DECODE' }))
  } else {
    expect(difference(value, codec.decode(codec.encode(value)))).toBeUndefined()
  }
}

describe('a cycle through instances that decode builds is refused, and no other graph is', () => {
  test('in every graph of up to three nodes', () => {
    for (let size = 1; size <= 3; size += 1) {
      for (let edges = 0; edges < 2 ** (size * size); edges += 1) {
        for (let kinds = 0; kinds < 2 ** size; kinds += 1) {
          const nodes = Array.from({ length: size }, (_, at) => at)
          check(
            nodes.map((at) => ({
              decoded: ((kinds >> at) & 1) === 1,
              holds: nodes.filter((other) => ((edges >> (at * size + other)) & 1) === 1),
            })),
          )
        }
      }
    }
  })

  test('in graphs of up to nine nodes, whichever way the walk meets them', () => {
    const graph = fc.integer({ min: 4, max: 9 }).chain((size) =>
      fc.array(
        fc.record({
          decoded: fc.boolean(),
          holds: fc.array(fc.nat({ max: size - 1 }), { maxLength: 3 }),
        }),
        { minLength: size, maxLength: size },
      ),
    )
    fc.assert(fc.property(graph, check), { numRuns: 3000 })
  })
})

test('a Set that contains itself where fields are expected is refused, and the search for the path ends', () => {
  const body = [
    ['Map', 1, 2, 3, 4],
    [5],
    ['point@1', 6],
    ['point@1', 7],
    {},
    { name: 8, age: 9 },
    { x: 10, y: 10 },
    ['Set', 7],
    'A',
    1,
    0,
  ]
  const text = JSON.stringify({ brine: 1, kind: 'value', encoding: 'devalue/6', body })
  expect(() => codec.decode(text)).toThrow(expect.objectContaining({ code: 'FIELDS_INVALID' }))
})
