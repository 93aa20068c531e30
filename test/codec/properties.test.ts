import * as devalue from 'devalue'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { difference } from './difference.ts'
import { fixtureModels } from './fixtures.ts'
import { chains, graphs, plainGraphs } from './graphs.ts'
import { envelope } from './hostile/hostile.ts'

const codec = createCodec({ models: fixtureModels })
const runs = { numRuns: 2000 }

test('whatever is encoded is decoded the same, shared and cyclic as it was', () => {
  fc.assert(
    fc.property(fc.oneof(graphs, chains), (value) => {
      expect(difference(value, codec.decode(codec.encode(value)))).toBeUndefined()
    }),
    runs,
  )
})

test('what was decoded is encoded to the same text', () => {
  fc.assert(
    fc.property(graphs, (value) => {
      const text = codec.encode(value)
      expect(codec.encode(codec.decode(text))).toBe(text)
    }),
    runs,
  )
})

describe('for values that devalue knows, the two agree', () => {
  test('devalue reads what is written here', () => {
    fc.assert(
      fc.property(plainGraphs, (value) => {
        const { body } = JSON.parse(codec.encode(value))
        expect(difference(value, devalue.unflatten(body))).toBeUndefined()
      }),
      runs,
    )
  })

  test('what devalue writes is read here', () => {
    fc.assert(
      fc.property(plainGraphs, (value) => {
        expect(difference(value, codec.decode(envelope(devalue.stringify(value))))).toBeUndefined()
      }),
      runs,
    )
  })
})
