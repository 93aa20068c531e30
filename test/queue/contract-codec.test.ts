import { defineQueue } from 'brinemq'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { codecOf } from '../../src/job/contract-codec.ts'

test('makes one codec for a contract and a prefix, and keeps those of the last hundred prefixes', () => {
  const contract = defineQueue('orders', { jobs: { ship: { payload: z.string(), result: z.string() } } })
  const first = codecOf(contract, 'tenant-0')
  expect(codecOf(contract, 'tenant-0')).toBe(first)
  for (let tenant = 1; tenant < 100; tenant += 1) codecOf(contract, `tenant-${tenant}`)
  expect(codecOf(contract, 'tenant-0')).toBe(first)
  codecOf(contract, 'tenant-100')
  expect(codecOf(contract, 'tenant-0')).not.toBe(first)
})
