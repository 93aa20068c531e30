import { expect, test } from 'vitest'
import { hasDays } from '../../src/contract/cron-days.ts'

test.each([
  ['0 0 31 4,6 *', false],
  ['0 0 0 31 4,6 *', false],
  ['59 59 23 31 2,4,6,9,11 ?', false],
  ['0 0 0 30-31 feb *', false],
  ['0 0 0 31 APR,jun *', false],
  ['0 0 0 31 2/2 *', true],
  ['0 0 0 31 4/5 *', false],
  ['0 0 0 31 4-6 *', true],
  ['0 0 0 29 2 *', true],
  ['0 0 0 30 2 *', false],
  ['0 0 0 31 4,6 1#5', true],
  ['0 0 0 31 * *', true],
  ['0 0 0 31 */2 *', true],
  ['0 0 0 1,31 4,6 *', true],
  ['0 0 0 L 2 *', true],
  ['0 0 0 */9 2 *', true],
  ['* * * * *', true],
  ['@daily', true],
  ['nonsense', true],
  [`${'1,'.repeat(400)}1 * * * *`, false],
])('%s names a day that comes: %s', (pattern, comes) => {
  expect(hasDays(pattern)).toBe(comes)
})
