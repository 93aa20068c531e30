// For jest and vitest: each may run a test in a realm of its own.
import assert from 'node:assert/strict'
import { isApart, travels, travelsUnderFakeTimers } from './realms.mjs'

const isJest = globalThis.test !== undefined
const { test } = isJest ? globalThis : await import('vitest')
const timers = isJest ? (await import('@jest/globals')).jest : (await import('vitest')).vi

test('the test runs in a realm of its own', () => assert.ok(isApart))
test('values of Node travel', travels)
test('dates of fake timers travel', () => travelsUnderFakeTimers(timers))
