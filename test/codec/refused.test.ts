import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { BrineError } from '../../src/errors.ts'
import { fixtureModels } from './fixtures.ts'
import { extras } from './refused/extras.ts'
import { impostors } from './refused/impostors.ts'
import { refusedInstances, refusedModels } from './refused/instances.ts'
import { kinds } from './refused/kinds.ts'
import type { Refusal } from './refused/refusal.ts'

const codec = createCodec({ models: [...fixtureModels, ...refusedModels] })

function refusalOf(value: unknown): unknown {
  try {
    return codec.encode(value)
  } catch (error) {
    return error
  }
}

function check(tables: Record<string, readonly Refusal[]>): void {
  describe.each(Object.entries(tables))('%s', (_, rows) => {
    test.each(rows)('refuses $name', async ({ value, code, path }) => {
      const error = refusalOf(value())
      expect(error).toBeInstanceOf(BrineError)
      expect(error).toMatchObject({ code, path })
    })

    test.each(rows)('refuses it inside a list inside a Map, and tells where: $name', ({ value, code, path }) => {
      const error = refusalOf(new Map([['list', [0, value()]]]))
      expect(error).toMatchObject({ code, path: path.replace('$', '$.value(0)[1]') })
    })
  })
}

check({ kinds, extras, impostors, refusedInstances })
