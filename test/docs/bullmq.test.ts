import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProducer, createWorker, defineQueue } from 'brinemq'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, redisUrl } from '../connection.ts'
import { root } from '../program.ts'
import { readBullmqApi } from './bullmq-api.ts'

const page = readFileSync(join(root, 'docs', 'bullmq.md'), 'utf8')
const [, ...sections] = page.split(/^## /m)

/** The names in the first cells of each section's table, by the section's heading. */
const named = new Map(
  sections.map((section) => {
    const [heading = '', ...lines] = section.split('\n')
    const cells = lines.filter((line) => line.startsWith('| `')).map((line) => line.split(' | ')[0] ?? '')
    return [
      heading.replaceAll('`', ''),
      cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}`)),
    ]
  }),
)
const rest = 'Everything else that it exports'
const types = [...named.keys()].filter((heading) => heading !== rest)

const api = readBullmqApi()

describe('docs/bullmq.md', () => {
  test.each(types)('names what BullMQ declares of %s, and nothing else', (type) => {
    const names = named.get(type) ?? []
    expect([...new Set(names)].sort()).toEqual(api.members(type))
    expect(names).toHaveLength(new Set(names).size)
  })

  test('has a place for all that BullMQ exports and that can be called, given as options, or listened to', () => {
    const everything = [...types, ...(named.get(rest) ?? [])]
    const usable = api.exports.filter(({ name, isValue }) => isValue || /(?:Options|Opts|Listener)$/.test(name))
    expect(usable.map(({ name }) => name).filter((name) => !everything.includes(name))).toEqual([])
    const exported = api.exports.map(({ name }) => name)
    expect(everything.filter((name) => !exported.includes(name))).toEqual([])
  })

  test('says something of each', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'))
    expect(rows.length).toBeGreaterThan(100)
    expect(rows.filter((row) => !/^\| .+ \| .{2,} \|$/.test(row))).toEqual([])
  })
})

test('the reader of the declarations sees what classes inherit, and not what they hide', () => {
  const members = api.members('Queue')
  expect(members).toContain('getJobs')
  expect(members).not.toContain('baseGetClients')
  expect(members).not.toContain('addListener')
  expect(api.members('KeepJobs')).toEqual(['age', 'count', 'limit'])
  expect(() => api.members('Nothing')).toThrow('BullMQ exports no Nothing')
})

test('what the page names as counterparts is there', async () => {
  const contract = defineQueue('here', { prefix: freshPrefix(), jobs: { a: { payload: z.unknown() } } })
  const producer = createProducer(contract, { connection: redisUrl })
  const contexts: object[] = []
  const worker = createWorker(contract, {
    connection: redisUrl,
    shutdownOnSignals: false,
    handlers: { a: (_payload, context) => void contexts.push(context, context.children) },
  })
  const handle = await producer.enqueue('a', 1)
  await handle.result()
  const [context = {}, children = {}] = contexts
  const objects = new Map<string, object>([
    ...Object.entries({ producer, handle, worker, context, 'context.children': children }),
    ...Object.entries({ 'producer.control': producer.control, 'producer.schedules': producer.schedules }),
  ])
  const claims = [...page.matchAll(/\b((?:producer|handle|worker|context)(?:\.\w+)?)\.(\w+)/g)]
  const known = claims.filter(([, of = '']) => objects.has(of) && of !== 'producer.bullmq')
  expect(known.length).toBeGreaterThan(50)
  const missing = known.filter(([, of = '', name = '']) => !(name in (objects.get(of) ?? {})))
  expect(missing.map(([whole]) => whole)).toEqual([])
  await Promise.all([producer.close(), worker.close()])
})
