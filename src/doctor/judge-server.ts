import { notableMs } from '../connection/redis-clock.ts'
import { type Finding, type Level, letAsk } from './finding.ts'
import { judgeUser } from './judge-user.ts'
import { judgeVersion } from './judge-version.ts'
import type { ServerFacts } from './server-facts.ts'

/** What is right and wrong with a server for a queue, from what it told. Pure. */
export function judgeServer(facts: ServerFacts): Finding[] {
  const judges = [judgeVersion, persistence, eviction, memory, replicas, tls, judgeUser, cluster, clock]
  return judges.flatMap((judge) => judge(facts))
}

/** Whether nothing that was found is an error. */
export function isSound(findings: readonly Finding[]): boolean {
  return !findings.some(({ level }) => level === 'error')
}

function finding(about: Finding['about'], level: Level, what: string, remedy?: string): Finding {
  return { level, about, what, ...(remedy !== undefined && { remedy }) }
}

function persistence({ info, config }: ServerFacts): Finding {
  const judged = (level: Level, what: string, remedy?: string) => finding('persistence', level, what, remedy)
  const aof = config?.get('appendonly') ?? aofOf(info)
  if (aof === undefined) {
    return judged('unknown', 'neither INFO nor CONFIG tells it', 'look in the console of the provider for AOF')
  }
  if (aof === 'yes') {
    if (info?.get('aof_last_write_status') === 'err') {
      return judged('error', 'the last write of the append-only file failed', "look at the server's log and its disk")
    }
    const sync = config?.get('appendfsync')
    if (sync === undefined) return judged('ok', 'append-only file')
    if (sync !== 'no')
      return judged('ok', `append-only file, written ${sync === 'always' ? 'at each command' : 'each second'}`)
    return judged(
      'warning',
      'the system decides when the append-only file is written',
      'CONFIG SET appendfsync everysec',
    )
  }
  if (info?.get('rdb_last_bgsave_status') === 'err') {
    const what = 'the last snapshot failed, and Redis may refuse jobs until one succeeds'
    return judged('error', what, "look at the server's log and its disk")
  }
  const on = 'CONFIG SET appendonly yes, and in redis.conf: appendonly yes'
  const save = config?.get('save')
  if (save === '') return judged('error', 'nothing is kept: a restart loses every job', on)
  return judged('warning', 'snapshots at most: a restart loses the jobs since the last one', on)
}

function aofOf(info: ServerFacts['info']): string | undefined {
  const told = info?.get('aof_enabled')
  return told === undefined ? undefined : told === '1' ? 'yes' : 'no'
}

function eviction({ info, config }: ServerFacts): Finding {
  const policy = config?.get('maxmemory-policy') ?? info?.get('maxmemory_policy')
  if (policy === undefined) return finding('eviction', 'unknown', 'neither INFO nor CONFIG tells the policy', letAsk)
  if (policy === 'noeviction') return finding('eviction', 'ok', policy)
  const set = 'CONFIG SET maxmemory-policy noeviction, and in redis.conf: maxmemory-policy noeviction'
  return finding('eviction', 'error', `'${policy}' throws jobs or their locks away when memory is full`, set)
}

function memory({ info, config }: ServerFacts): Finding {
  const told = config?.get('maxmemory') ?? info?.get('maxmemory')
  if (told === undefined) return finding('memory', 'unknown', 'neither INFO nor CONFIG tells maxmemory', letAsk)
  const [most, used] = [Number(told), Number(info?.get('used_memory') ?? 0)]
  if (most === 0) {
    const set = "CONFIG SET maxmemory <bytes>, about three quarters of the machine's"
    return finding('memory', 'warning', 'no limit: the system kills Redis when memory is full', set)
  }
  const percent = Math.round((100 * used) / most)
  if (percent < 80) return finding('memory', 'ok', `${percent} % used`)
  const remedy = 'raise maxmemory, or keep fewer ended jobs: removeOnComplete, brine clean'
  return finding('memory', percent < 95 ? 'warning' : 'error', `${percent} % used; enqueues fail at 100`, remedy)
}

function replicas({ info, config }: ServerFacts): Finding[] {
  if (info?.get('role') === undefined) return [finding('replicas', 'unknown', 'INFO does not tell them', letAsk)]
  if (info.get('role') !== 'master') {
    return [finding('replicas', 'error', 'this is a replica, which takes no jobs', 'connect to its master')]
  }
  const count = Number(info.get('connected_slaves') ?? 0)
  if (count === 0) {
    return [
      finding(
        'replicas',
        'warning',
        'none: with this machine the jobs are gone',
        'on another: replicaof <this host> <port>',
      ),
    ]
  }
  if (config?.get('min-replicas-to-write') !== '0') return [finding('replicas', 'ok', `${count}`)]
  const set = 'CONFIG SET min-replicas-to-write 1, and in redis.conf: min-replicas-to-write 1'
  return [
    finding(
      'replicas',
      'warning',
      `${count}, but jobs are accepted without any of them: a failover may lose them`,
      set,
    ),
  ]
}

function tls({ tls, checksCertificate, local }: ServerFacts): Finding {
  if (tls && !checksCertificate) {
    const what = 'the connection is encrypted, and with whom is not known: its certificate is not checked'
    return finding(
      'tls',
      'warning',
      what,
      "connection: { tls: { ca } }, with the server's own authority, in place of rejectUnauthorized: false",
    )
  }
  if (tls) return finding('tls', 'ok', 'the connection is encrypted')
  if (local) return finding('tls', 'ok', 'none, on this machine alone')
  const remedy = 'connect to rediss://…; in redis.conf: port 0, tls-port 6379, tls-cert-file, tls-key-file'
  return finding('tls', 'error', 'passwords and jobs cross the network in the clear', remedy)
}

function cluster({ info, prefixes }: ServerFacts): Finding[] {
  if (info?.get('cluster_enabled') !== '1') return []
  const bare = prefixes.filter((prefix) => !/\{[^}]+\}/.test(prefix))
  if (bare.length === 0) return [finding('cluster', 'ok', "each queue's keys are in one slot")]
  const what = `without a hash tag, a queue's keys are in several slots: ${bare.join(', ')}`
  return [finding('cluster', 'error', what, `prefix: '{${bare[0]}}', in the contract or the configuration`)]
}

function clock({ clockAheadMs }: ServerFacts): Finding[] {
  if (clockAheadMs === undefined) return []
  const ahead = Math.round(Math.abs(clockAheadMs))
  if (ahead < notableMs) return [finding('clock', 'ok', 'as here')]
  const what = `${ahead} ms ${clockAheadMs > 0 ? 'ahead of' : 'behind'} this machine: jobs run by the server's clock, and times that logs and handlers here see are off by it`
  return [finding('clock', 'warning', what, 'run an NTP client (chrony, systemd-timesyncd) on both')]
}
