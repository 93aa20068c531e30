import { expect, test } from 'vitest'
import { jsonFault } from '../../../src/notation/input/json-fault.ts'

test.each([
  ['', 1, 1],
  ['nope', 1, 1],
  ['{"a":1,}', 1, 8],
  ['{"a":1 "b":2}', 1, 8],
  ['{"a" 1}', 1, 6],
  ['{a:1}', 1, 2],
  ['[1,]', 1, 4],
  ['[1 2]', 1, 4],
  ['[1', 1, 3],
  ['{"a":[]', 1, 8],
  ['[}', 1, 2],
  ['"open', 1, 1],
  ['["\\x"]', 1, 2],
  ['01', 1, 2],
  ['1.', 1, 2],
  ['{"a":1}}', 1, 8],
  ['{\n  "a": 1,\n  "b": undefined\n}', 3, 8],
  ['{"a":{"b":[[],{}, tru]}}', 1, 19],
])('finds where %j stops being JSON', (json, line, column) => {
  expect(() => JSON.parse(json)).toThrow()
  expect(jsonFault(json)).toEqual({ line, column })
})
