import { expect, test } from 'vitest'
import { createAnnouncements } from '../../src/rollout/announcements.ts'
import { capabilitiesOf, lacks, readKnown } from '../../src/rollout/capabilities.ts'
import { backoffOf } from '../../src/rollout/postponement.ts'
import { freshPrefix, openClient } from '../connection.ts'
import { contracts, work } from './houses.ts'

const known = (name: keyof typeof contracts) => capabilitiesOf(contracts[name]('bull'))

test.each([
  ['before', 'before', []],
  ['before', 'newerJob', ['job build@2']],
  ['newerJob', 'before', []],
  ['before', 'newerModel', ['model house@2']],
  ['before', 'newJob', ['job paint@1']],
  ['before', 'newName', ['job raise@1']],
  ['newName', 'before', []],
  ['before', 'newTag', ['model boat@1']],
  ['before', 'newField', ['model house with floors']],
  ['oldKey', 'newKey', ['key k2']],
] as const)('%s lacks of %s: %j', (own, other, expected) => {
  expect(lacks(known(own), known(other))).toEqual(expected)
})

test('what is announced is read back', () => {
  for (const name of Object.keys(contracts) as (keyof typeof contracts)[]) {
    expect(readKnown(JSON.stringify(known(name)))).toEqual(known(name))
  }
})

test.each([
  '',
  '{',
  '[]',
  '3',
  '{"jobs":3,"models":[null],"keys":{}}',
  '{"jobs":{"a":1},"models":{"b":{"aliases":[2]}}}',
])('reads %j, which somebody else wrote, without an error', (text) => {
  const read = readKnown(text)
  if (read) expect(lacks(known('before'), read)).toEqual(text.includes('"b"') ? ['model b@1'] : [])
})

test('puts off for longer and longer, from an eighth of a second to a quarter of a minute', () => {
  expect([0, 1, 5, 6, 1_000].map((times) => [backoffOf(times, 0), backoffOf(times, 1)])).toEqual([
    [125, 375],
    [250, 750],
    [4_000, 12_000],
    [5_000, 15_000],
    [5_000, 15_000],
  ])
})

test('workers announce what they run, who they are and since when, until they close; what is not repeated expires', async () => {
  const prefix = freshPrefix()
  const client = openClient()
  const announcements = createAnnouncements('houses', prefix, { client })
  const old = work(contracts.before(prefix), { name: 'old' })
  const fresh = work(contracts.newTag(prefix), { name: 'new' })
  await Promise.all([old.worker.waitUntilReady(), fresh.worker.waitUntilReady()])
  const all = await announcements.readAll()
  expect(all).toMatchObject([
    { name: 'new', pid: process.pid, brinemq: expect.stringMatching(/^\d+\./), known: known('newTag') },
    { name: 'old', startedAt: expect.any(Date), known: known('before') },
  ])
  expect(await announcements.readOthers(all[0]?.contractId ?? '')).toEqual([known('before')])
  await fresh.worker.close()
  expect((await announcements.readAll()).map(({ name }) => name)).toEqual(['old'])
  const key = `${prefix}:houses:brine:announced`
  for (const one of [key, `${key}:until`]) expect(await client.pttl(one)).toBeGreaterThan(0)
  await client.zadd(`${key}:until`, 1, `worker:${old.worker.bullmq.id}`)
  expect(await announcements.readAll()).toEqual([])
})
