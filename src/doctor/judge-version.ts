import { type Finding, letAsk } from './finding.ts'
import type { ServerFacts } from './server-facts.ts'
import { asOf, compareVersions, cureOf, vulnerabilitiesIn } from './vulnerabilities.ts'

const oldestVersion = '6.2.0'

/** Whether a server is new enough, and which vulnerabilities its version has. */
export function judgeVersion({ info }: ServerFacts): Finding[] {
  const found = info && engineOf(info)
  if (!found) return [{ level: 'unknown', about: 'version', what: 'INFO does not tell it', remedy: letAsk }]
  const { engine, version, speaks } = found
  const what = speaks === undefined ? `${engine} ${version}` : `${engine}, which speaks as Redis ${speaks}`
  if (compareVersions(speaks ?? version, oldestVersion) < 0) {
    const remedy = `install Redis ${oldestVersion} or newer, or Valkey`
    return [{ level: 'error', about: 'version', what: `${what} is too old`, remedy }]
  }
  const known = speaks === undefined ? judgeVulnerabilities(engine, version) : [notInTable(engine)]
  return [{ level: 'ok', about: 'version', what }, ...known]
}

interface Found {
  readonly engine: string
  readonly version: string
  /** For an engine other than Redis and Valkey: the version of Redis that it claims to be compatible with. */
  readonly speaks?: string
}

function engineOf(info: ReadonlyMap<string, string>): Found | undefined {
  const valkey = info.get('valkey_version')
  if (valkey !== undefined) return { engine: 'Valkey', version: valkey }
  const version = info.get('redis_version')
  if (version === undefined) return undefined
  // Their `redis_version` is for clients, and is not the version of their own code.
  if (info.has('dragonfly_version')) return { engine: 'Dragonfly', version, speaks: version }
  if (info.has('mvcc_depth')) return { engine: 'KeyDB', version, speaks: version }
  return { engine: 'Redis', version }
}

/** Warnings and no errors: a distribution keeps the version's number when it patches it. */
function judgeVulnerabilities(engine: string, version: string): Finding[] {
  const about = 'vulnerability'
  const found = vulnerabilitiesIn(engine, version)
  const name = `${engine} ${version}`
  if (found.length === 0) return [{ level: 'ok', about, what: `none known of ${name} on ${asOf}` }]
  const cure = cureOf(engine, version) ?? 'its newest release'
  return found.map(({ id, what }) => {
    const remedy = `upgrade to ${engine} ${cure} or newer, unless your vendor patched ${version} against ${id}`
    return { level: 'warning', about, id, what: `${id} in ${name}: ${what}`, remedy }
  })
}

function notInTable(engine: string): Finding {
  const what = `not known of ${engine}: brine doctor knows those of Redis and Valkey alone`
  return { level: 'unknown', about: 'vulnerability', what, remedy: `look at the security advisories of ${engine}` }
}
