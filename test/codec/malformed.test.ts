import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { BrineError } from '../../src/errors.ts'
import { fixtureModels } from './fixtures.ts'
import { envelopes } from './malformed/envelopes.ts'
import { fields } from './malformed/fields.ts'
import { malformedModels, models } from './malformed/models.ts'
import { shapes } from './malformed/shapes.ts'
import { tagged } from './malformed/tagged.ts'

const codec = createCodec({ models: [...fixtureModels, ...malformedModels] })

function refusalOf(text: string): unknown {
  try {
    return { decoded: codec.decode(text) }
  } catch (error) {
    return error
  }
}

describe.each(Object.entries({ shapes, tagged, models, envelopes, fields }))('%s', (_, rows) => {
  test.each(rows)('refuses with $code: $name', ({ text, code }) => {
    const start = performance.now()
    const error = refusalOf(text)
    expect(error).toBeInstanceOf(BrineError)
    expect(error).toMatchObject({ code, path: expect.stringMatching(/^\$/) })
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

test.each([undefined, null, 5, {}, Buffer.from('{}')])('refuses what is no text: %s', (text) => {
  // @ts-expect-error what a caller without types might give
  expect(refusalOf(text)).toMatchObject({ code: 'TEXT_INVALID' })
})

test('tells where in the value the text went wrong', () => {
  const at = (body: string) => refusalOf(`{"brine":1,"kind":"value","encoding":"devalue/6","body":${body}}`)
  expect(at('[{"user":1},["Map",2,3],"born",["Date","yesterday"]]')).toMatchObject({ path: '$.user.value(0)' })
  expect(at('[["Set",1,2],"a",[3,4],1,["BigInt","x"]]')).toMatchObject({ path: '$.member(1)[1]' })
  expect(at('[["null","a",1],[2],["person@1",3],{"name":4,"age":4},"x"]')).toMatchObject({ path: '$.a[0].age' })
  expect(at('[["Error",1],{"own":2},{"list":3},[4],["RegExp","("]]')).toMatchObject({ path: '$.list[0]' })
})
