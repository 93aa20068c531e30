import { tmpdir } from 'node:os'
import { describe, expect, test, vi } from 'vitest'
import { isSound, judgeServer } from '../../src/doctor/judge-server.ts'
import { readServer } from '../../src/doctor/read-server.ts'
import type { ServerFacts } from '../../src/doctor/server-facts.ts'
import { openConnection } from '../../src/queue/connection/connection.ts'
import { brine, brineProcess } from '../cli/brine.ts'
import { freshPrefix, openClient } from '../connection.ts'
import { canRun, nativeRedis, why } from '../fault/native-redis.ts'

vi.setConfig({ testTimeout: 90_000 })

const info = { redis_version: '7.4.1', used_memory: '10', role: 'master', connected_slaves: '1', aof_enabled: '1' }
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
