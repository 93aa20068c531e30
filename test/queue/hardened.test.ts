import { expect, test } from 'vitest'
import { hardenScript } from '../../src/bullmq/hardened-scripts.ts'
import { byServerTime, timedScripts } from '../../src/bullmq/server-time.ts'
import { openClient } from '../connection.ts'
import { openProducer } from './people.ts'

/** The scripts that the installed BullMQ defines on a client. */
async function scriptsOfBullMQ(): Promise<Map<string, string>> {
  const client = openClient()
  await openProducer(undefined, { connection: client }).bullmq.waitUntilReady()
  const scripts: Record<string, { lua: string }> = Reflect.get(client, 'scriptsSet')
  return new Map(Object.entries(scripts).map(([name, { lua }]) => [String(name.split(':')[0]), lua]))
}

test.each(['moveToActive', 'moveToDelayed', 'moveToFinished'])(
  'the script %s of the installed BullMQ hands over no more of a job than its contract allows',
  async (name) => {
    const lua = (await scriptsOfBullMQ()).get(name) ?? ''
    const hardened = hardenScript(lua, 1_000)
    expect(hardened.split('readJob(jobKey)')).toHaveLength(2)
    expect(hardened).not.toMatch(/HGETALL", jobKey/)
  },
)

test.each(timedScripts)('the script %s of the installed BullMQ uses the clock of Redis', async (name) => {
  const lua = (await scriptsOfBullMQ()).get(name) ?? ''
  expect(byServerTime(name, lua)).toMatch(/^ARGV\[\d+\] = serverMs\(\)$/m)
})

test('the script by which the installed BullMQ adds delayed jobs uses the clock of Redis in both places', async () => {
  const lua = (await scriptsOfBullMQ()).get('addDelayedJob') ?? ''
  expect(byServerTime('addDelayedJob', lua).match(/^ *addDelayedJob\(.*serverMs\(\),/gm)).toHaveLength(2)
})

test('the scripts of the installed BullMQ that end or remove jobs do not break off at what stands under other keys', async () => {
  const scripts = await scriptsOfBullMQ()
  const names = [...scripts].filter(([, lua]) => lua.includes('local function removeParentDependencyKey'))
  expect(names.map(([name]) => name)).toEqual(
    expect.arrayContaining(['moveToFinished', 'removeJob', 'cleanJobsInSet', 'drain', 'obliterate']),
  )
  for (const [, lua] of names) expect(hardenScript(lua, 1_000)).toContain('rcall = forgiving')
  expect(hardenScript(scripts.get('moveToFinished') ?? '', 1_000)).toContain('then rcall = forgiving end')
})

test.each([
  ['removeJob', ['dependencies', 'processed', 'failed', 'unsuccessful', 'dependencies']],
  ['removeUnprocessedChildren', ['dependencies', 'processed', 'failed', 'unsuccessful', 'dependencies']],
])('the script %s of the installed BullMQ follows only the children that BrineMQ found before', async (name, lists) => {
  const hardened = hardenScript((await scriptsOfBullMQ()).get(name) ?? '', 1_000)
  const found = [...hardened.matchAll(/= childrenIn\('(\w+)', jobKey\)/g)].map(([, list]) => list)
  expect(hardened).toContain('"^.*:(.*)$") or ""')
  expect(found.toSorted()).toEqual(lists.toSorted())
  expect(hardened).not.toMatch(/rcall\("(?:SMEMBERS|HGETALL|ZRANGE)", jobKey/)
})

test('the script by which the installed BullMQ lists jobs does not read them', async () => {
  const lua = (await scriptsOfBullMQ()).get('getJobs') ?? ''
  expect(hardenScript(lua, 1_000)).not.toMatch(/rcall\("HGETALL"/)
})

test('a script that is written otherwise stays as it is', () => {
  expect(hardenScript('return redis.call("PING")', 1_000)).toBe('return redis.call("PING")')
})
