import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { BrineError } from '../../src/errors.ts'
import { defineModel } from '../../src/model/define-model.ts'

class Plain {
  constructor(readonly value: string) {}
}
class Other {}

const fields = z.object({ value: z.string() })
const codeOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    expect(error).toBeInstanceOf(BrineError)
    return (error as BrineError).code
  }
}

describe('a codec refuses models that claim the same', () => {
  const plain = defineModel(Plain, { tag: 'plain', fields, aliases: ['old'] })
  const other = (tag: string, aliases: string[] = []) => defineModel(Other, { tag, fields: z.object({}), aliases })
  const rows: [name: string, models: Parameters<typeof createCodec>[0]][] = [
    ['tag', { models: [plain, other('plain')] }],
    ['alias', { models: [plain, other('other', ['old'])] }],
    ['tag as an alias', { models: [plain, other('old')] }],
    ['alias as a tag', { models: [plain, other('other', ['plain'])] }],
    ['class', { models: [plain, defineModel(Plain, { tag: 'again', fields })] }],
    // @ts-expect-error a class is no model
    ['anything, since one is a class', { models: [Plain] }],
    // @ts-expect-error nor is nothing
    ['anything, since one is nothing', { models: [undefined] }],
  ]

  test.each(rows)('%s', (_, options) => {
    expect(codeOf(() => createCodec(options))).toBe('MODEL_INVALID')
  })

  test('but takes one model given twice', () => {
    expect(codeOf(() => createCodec({ models: [plain, plain] }))).not.toBe('MODEL_INVALID')
  })
})
