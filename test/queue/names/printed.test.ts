import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFlowProducer, createProducer, createWorker, type Logger, logging, node, sandboxed } from 'brinemq'
import { createDashboard } from 'brinemq/dashboard'
import { createMonitor } from 'brinemq/monitor'
import { createFakeProducer, createInline } from 'brinemq/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { brine } from '../../cli/brine.ts'
import { freshPrefix, openClient, redisUrl } from '../../connection.ts'
import { root } from '../../program.ts'
import { rejection } from '../people.ts'
import { fail, named, namesQueue, place, type Secrecy, secrecies, who } from './contract.ts'

vi.setConfig({ testTimeout: 90_000 })

const unsupported = { code: 'UNSUPPORTED_VALUE', path: place }

function openNames(secrecy: Secrecy) {
  const prefix = freshPrefix()
  const contract = namesQueue(secrecy, { prefix })
  const lines: unknown[] = []
  const write = (...line: unknown[]) => void lines.push(line)
  const logger: Logger = { debug: write, info: write, error: write }
  const { jobs, enqueues } = logging(logger)
  const producer = createProducer(namesQueue(secrecy, { prefix, old: true }), { connection: redisUrl, use: [enqueues] })
  onTestFinished(() => producer.close())
  const work = (module?: URL) => {
    const worker = createWorker(contract, {
      ...{ connection: redisUrl, shutdownOnSignals: false, drainDelay: 1, use: [jobs], onError: write },
      handlers: {
        anything: module ? sandboxed(module, { in: 'thread' }) : (how, { progress }) => fail(how, progress),
        labels: () => {},
        pay: () => {},
      },
    })
    onTestFinished(() => worker.close())
  }
  const end = async (name: 'anything' | 'labels', payload: unknown) =>
    rejection((await producer.enqueue(name, payload, { attempts: 1 })).result())
  return { prefix, contract, producer, lines, work, end }
}

describe.each(secrecies)('where values are secret, %s,', (secrecy) => {
  test('a producer prints no name that is data', async () => {
    const { contract, producer, lines } = openNames(secrecy)
    const flows = createFlowProducer({ connection: redisUrl })
    const strict = createProducer(contract, { connection: redisUrl })
    onTestFinished(async () => void (await Promise.all([flows.close(), strict.close()])))
    const payload = { name: 'anything', payload: named } as const
    const wrong = Object.assign({}, { labels: { [who]: Number.NaN } })
    expect([
      await rejection(producer.enqueue('anything', named)),
      await rejection(producer.enqueueBulk([payload])),
      await rejection(producer.schedules.upsert('it', { ...payload, repeat: { every: 1_000 } })),
      await rejection(flows.add(node(contract, 'anything', 1, { children: [node(contract, 'anything', named)] }))),
      await rejection(strict.enqueue('labels', wrong)),
    ]).toMatchObject([
      unsupported,
      { path: '$[0].payload.value(0).value(0)' },
      unsupported,
      { path: '$.children[0].payload.value(0).value(0)' },
      { code: 'PAYLOAD_INVALID', path: '$.labels.value(0)' },
    ])
    expect(JSON.stringify(lines)).not.toContain(who)
  })

  test.each([['here'], ['in a thread']])('a handler that runs %s prints none', async (where) => {
    const { producer, contract, prefix, lines, work, end } = openNames(secrecy)
    const module = new URL(`./handlers/${secrecy}.ts`, import.meta.url)
    work(where === 'here' ? undefined : module)
    expect([await end('anything', 'result'), await end('anything', 'progress')]).toMatchObject([
      unsupported,
      unsupported,
    ])
    expect(await end('anything', 'throw')).toMatchObject({ omitted: [place], meta: { [who]: 1 } })
    expect([
      await end('labels', { labels: { [who]: 'x' } }),
      await end('labels', { labels: {}, rest: { [who]: 1 } }),
    ]).toMatchObject([
      { code: 'JOB_QUARANTINED', cause: { code: 'PAYLOAD_INVALID', path: '$.labels.value(0)' } },
      { code: 'JOB_QUARANTINED', cause: { code: 'PAYLOAD_INVALID', path: '$.rest' } },
    ])
    const monitor = createMonitor(contract, { connection: redisUrl })
    onTestFinished(() => monitor.close())
    const groups = await producer.quarantine.groups()
    expect(groups.map(({ path }) => path).sort()).toEqual(['$.labels.value(0)', '$.rest'])
    const failures = await monitor.queue(contract).failures()
    expect(JSON.stringify([groups, failures])).not.toContain(who)
    expect(lines.map(String).join() + JSON.stringify(lines)).not.toContain(who)

    const redis = openClient()
    for (const key of await redis.keys(`${prefix}:names*`)) {
      const stored = (await redis.type(key)) === 'hash' ? await redis.hgetall(key) : {}
      const { failedReason = '', stacktrace = '', code = '', message = '' } = stored
      expect([failedReason, stacktrace, code, message, stored['path']].join()).not.toContain(who)
      if (secrecy === 'encrypted') expect((await redis.dumpBuffer(key))?.includes(who)).toBe(false)
    }
  })

  test('the dashboard and the command line print none', async () => {
    const { contract, prefix, work, end } = openNames(secrecy)
    work()
    await end('anything', 'result')
    await end('anything', 'progress')
    await end('labels', { labels: { [who]: 'x' } })
    const logged: unknown[] = []
    const log = { info: (line: unknown) => void logged.push(line) }
    const dashboard = createDashboard({ queues: [contract], connection: redisUrl, log })
    onTestFinished(() => dashboard.close())
    const get = async (path: string) => (await dashboard.fetch(new Request(`http://localhost${path}`), client)).text()
    const page = await get('/api/queues?activeQueue=names&status=failed&page=1')
    expect(page).toContain(place)
    expect(page).not.toContain(who)
    expect(await get('/api/queues')).not.toContain(who)
    expect(JSON.stringify(logged)).not.toContain(who)

    const folder = await mkdtemp(join(root, 'test', 'queue', 'names', 'project-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const config = [
      `import { defineConfig } from '${join(root, 'src', 'config', 'define-config.ts')}'`,
      "import { namesQueue } from '../contract.ts'",
      `export default defineConfig({ queues: [namesQueue('${secrecy}')] })`,
    ]
    await writeFile(join(folder, 'brine.config.ts'), config.join('\n'))
    const run = async (...args: string[]) => {
      const { out, err } = await brine(args, { prefix, cwd: folder })
      return out + err
    }
    const list = await run('jobs', '--state', 'failed', '--json')
    const { jobs } = JSON.parse(list) as { jobs: { id: string }[] }
    expect(jobs).toHaveLength(2)
    const printed = [list, await run('status'), await run('jobs', '--state', 'failed'), await run('quarantine', 'list')]
    for (const { id } of jobs) printed.push(await run('show', id))
    expect(printed.join()).toContain(place)
    expect(printed.join()).not.toContain(who)
    expect(await run('enqueue', 'labels', '--payload', JSON.stringify({ labels: { [who]: 'x' } }))).not.toContain(who)
  })

  test('the testing kit prints none', async () => {
    const contract = namesQueue(secrecy)
    const inline = createInline(contract, {
      handlers: { anything: (how, { progress }) => fail(how, progress), labels: () => {}, pay: () => {} },
    })
    onTestFinished(() => inline.close())
    const fake = createFakeProducer(contract)
    const ended = async (payload: unknown) => rejection((await inline.enqueue('anything', payload)).result())
    expect([
      await rejection(inline.enqueue('anything', named)),
      await rejection(fake.enqueue('anything', named)),
      await ended('result'),
      await ended('progress'),
    ]).toMatchObject([unsupported, unsupported, unsupported, unsupported])
    expect(await ended('throw')).toMatchObject({ omitted: [place] })
  })
})

const client = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
