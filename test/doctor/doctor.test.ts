import { tmpdir } from 'node:os'
import { describe, expect, test, vi } from 'vitest'
import { openConnection } from '../../src/connection/connection.ts'
import { isSound, judgeServer } from '../../src/doctor/judge-server.ts'
import { readServer } from '../../src/doctor/read-server.ts'
import type { ServerFacts } from '../../src/doctor/server-facts.ts'
import { cureOf, vulnerabilities, vulnerabilitiesIn } from '../../src/doctor/vulnerabilities.ts'
import { brine, brineProcess } from '../cli/brine.ts'
import { freshPrefix, openClient } from '../connection.ts'
import { canRun, nativeRedis, why } from '../fault/native-redis.ts'

vi.setConfig({ testTimeout: 90_000 })

const info = { redis_version: '8.10.2', used_memory: '10', role: 'master', connected_slaves: '1', aof_enabled: '1' }
const config = {
  ...{ appendonly: 'yes', appendfsync: 'everysec', save: '', maxmemory: '1000', 'maxmemory-policy': 'noeviction' },
  'min-replicas-to-write': '1',
}

interface Change extends Partial<Omit<ServerFacts, 'info' | 'config'>> {
  info?: Record<string, string>
  config?: Record<string, string>
}

/** A server with which nothing is wrong, but for what is given. */
function facts(change: Change = {}): ServerFacts {
  return {
    ...{ user: 'worker', rules: ['on', '#ab', '~brine:*', '+get'], tls: true, checksCertificate: true, local: false },
    ...{ prefixes: ['bull'], clockAheadMs: 3 },
    ...change,
    info: new Map(Object.entries({ ...info, ...change.info })),
    config: new Map(Object.entries({ ...config, ...change.config })),
  }
}

test('finds nothing wrong with a server that is well', () => {
  expect(new Set(judgeServer(facts()).map(({ level }) => level))).toEqual(new Set(['ok']))
})

test.each<[string, string, Change, string | undefined]>([
  ['version', 'error', { info: { redis_version: '5.0.14' } }, 'install Redis'],
  ['vulnerability', 'warning', { info: { redis_version: '7.4.10' } }, 'upgrade to Redis 7.4.11 or newer, unless your'],
  ['vulnerability', 'warning', { info: { valkey_version: '9.1.3' } }, 'upgrade to Valkey 9.1.4'],
  ['vulnerability', 'unknown', { info: { redis_version: '7.4.0', dragonfly_version: 'df-v1.40.1' } }, 'Dragonfly'],
  ['vulnerability', 'unknown', { info: { redis_version: '6.3.4', mvcc_depth: '0' } }, 'KeyDB'],
  ['version', 'error', { info: { redis_version: '4.0.0', mvcc_depth: '0' } }, 'install Redis'],
  ['persistence', 'error', { config: { appendonly: 'no' } }, 'CONFIG SET appendonly yes'],
  ['persistence', 'warning', { config: { appendonly: 'no', save: '60 1' } }, 'CONFIG SET appendonly yes'],
  [
    'persistence',
    'error',
    { info: { rdb_last_bgsave_status: 'err' }, config: { appendonly: 'no', save: '60 1' } },
    'log',
  ],
  ['persistence', 'warning', { config: { appendfsync: 'no' } }, 'CONFIG SET appendfsync everysec'],
  ['persistence', 'error', { info: { aof_last_write_status: 'err' } }, 'log'],
  ['eviction', 'error', { config: { 'maxmemory-policy': 'allkeys-lru' } }, 'maxmemory-policy noeviction'],
  ['memory', 'warning', { config: { maxmemory: '0' } }, 'CONFIG SET maxmemory'],
  ['memory', 'error', { info: { used_memory: '990' } }, 'raise maxmemory'],
  ['replicas', 'warning', { info: { connected_slaves: '0' } }, 'replicaof'],
  ['replicas', 'warning', { config: { 'min-replicas-to-write': '0' } }, 'CONFIG SET min-replicas-to-write 1'],
  ['replicas', 'error', { info: { role: 'slave' } }, 'master'],
  ['tls', 'error', { tls: false }, 'rediss://'],
  ['tls', 'warning', { checksCertificate: false }, 'tls: { ca }'],
  ['acl', 'error', { rules: ['on', 'nopass', '~brine:*', '+get'] }, 'resetpass'],
  ['acl', 'warning', { user: 'default' }, 'docs/security.md'],
  ['acl', 'warning', { rules: ['on', '#ab', '~brine:*', '+@all'] }, 'docs/security.md'],
  ['acl', 'warning', { rules: ['on', '#ab', '~*', '+get'] }, 'docs/security.md'],
  ['acl', 'unknown', { user: undefined }, '+acl|whoami'],
  ['cluster', 'error', { info: { cluster_enabled: '1' } }, "prefix: '{bull}'"],
  ['clock', 'warning', { clockAheadMs: -60_000 }, 'NTP'],
])('judges %s: %s for %j', (about, level, change, remedy) => {
  const findings = judgeServer(facts(change))
  const wrong = findings.filter((finding) => finding.level !== 'ok')
  expect(wrong).toMatchObject([{ about, level, ...(remedy && { remedy: expect.stringContaining(remedy) }) }])
  expect(isSound(findings)).toBe(level !== 'error')
})

const [blocked, lua, tls, bus, empty, evicted] = [
  ...['CVE-2026-23479', 'CVE-2025-49844', 'CVE-2026-81934', 'CVE-2026-21863', 'CVE-2026-27623', 'CVE-2026-130822'],
]

test.each<[string, string, readonly (string | undefined)[], string | undefined]>([
  ['Redis', '6.2.19', [lua, tls], '6.2.24'],
  ['Redis', '6.2.24', [], undefined],
  // A branch that got no fix ends with an upgrade to the next that did.
  ['Redis', '7.0.15', [lua, tls], '7.2.16'],
  ['Redis', '7.2.0', [lua, blocked, tls], '7.2.16'],
  ['Redis', '7.2.14', [tls], '7.2.16'],
  ['Redis', '7.2.16', [], undefined],
  ['Redis', '7.4.8', [blocked, tls], '7.4.11'],
  ['Redis', '8.0.6', [blocked, tls], '8.2.9'],
  ['Redis', '8.4.0', [blocked, tls], '8.4.6'],
  ['Redis', '8.6.2', [blocked, tls], '8.6.6'],
  ['Redis', '8.6.3', [tls], '8.6.6'],
  ['Redis', '8.8.0', [tls], '8.8.2'],
  ['Redis', '8.10.1', [], undefined],
  ['Redis', '9.0.0', [], undefined],
  ['Valkey', '7.2.10', [lua, bus, blocked, evicted], '7.2.16'],
  ['Valkey', '8.0.7', [blocked, evicted], '8.0.13'],
  ['Valkey', '9.0.2', [bus, empty, blocked, evicted], '9.0.8'],
  ['Valkey', '9.0.3', [blocked, evicted], '9.0.8'],
  ['Valkey', '9.1.0', [evicted], '9.1.4'],
  ['Valkey', '9.1.4', [], undefined],
  ['Valkey', '9.2.0', [], undefined],
])('knows the vulnerabilities of %s %s', (engine, version, ids, cure) => {
  const name = engine === 'Valkey' ? 'valkey_version' : 'redis_version'
  const found = judgeServer(facts({ info: { [name]: version } })).filter(({ about }) => about === 'vulnerability')
  expect(found.flatMap(({ id }) => id ?? [])).toEqual(ids)
  expect(found.map(({ level }) => level)).toEqual(ids.length === 0 ? ['ok'] : ids.map(() => 'warning'))
  for (const { remedy } of found) {
    if (cure !== undefined) expect(remedy).toContain(`upgrade to ${engine} ${cure} or newer, unless your vendor`)
  }
})

test('names a cure for each vulnerability in which nothing of the table is left', () => {
  for (const { engine, fixedIn } of vulnerabilities) {
    for (const version of fixedIn) {
      const cure = cureOf(engine, version.replace(/\d+$/, '0')) ?? version
      expect([engine, cure, vulnerabilitiesIn(engine, cure)]).toEqual([engine, cure, []])
    }
  }
})

describe.skipIf(!canRun)(`a real server${why}`, () => {
  test('is asked, also where it does not tell all, and brine doctor says so with its exit code', async () => {
    const redis = await nativeRedis()
    await redis.start()
    const url = `redis://127.0.0.1:${redis.port}`
    const client = openClient(url)
    const options = { prefix: freshPrefix(), env: { REDIS_URL: url } }
    const well = await brineProcess(['doctor'], options)
    expect(well).toMatchObject({ code: 0, err: '', out: expect.stringContaining('ok       eviction: noeviction') })
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const bad = await brine(['doctor', '--json'], options)
    expect(bad.code).toBe(1)
    expect(JSON.parse(bad.out)).toMatchObject({
      sound: false,
      findings: expect.arrayContaining([expect.objectContaining({ about: 'eviction', level: 'error' })]),
    })
    const [away, alone] = await Promise.all([
      brine(['doctor'], { ...options, env: { REDIS_URL: 'redis://127.0.0.1:1' } }),
      // Before there is a project.
      brine(['doctor'], { ...options, cwd: tmpdir() }),
    ])
    expect([away.code, alone.code]).toEqual([3, 1])

    // As managed ones are.
    await client.acl('SETUSER', 'app', 'on', '>pass', '~*', '+info', '+ping')
    const connection = openConnection({ port: redis.port, username: 'app', password: 'pass' }, 'fail')
    const findings = judgeServer(await readServer(connection, ['bull']))
    await connection.close()
    const levels = Object.fromEntries(findings.map(({ about, level }) => [about, level]))
    expect(levels).toMatchObject({ eviction: 'error', persistence: 'ok', acl: 'unknown' })
  })
})
