/** A vulnerability of a server that a queue gives somebody the means to use. */
export interface Vulnerability {
  readonly id: string
  readonly engine: 'Redis' | 'Valkey'
  /** The first affected version; left out when all older ones are affected. */
  readonly since?: string
  /** The first release of each branch that has the fix. A branch that is not listed never got one. */
  readonly fixedIn: readonly string[]
  /** Who can do what with it. */
  readonly what: string
}

/** The day on which the table was last compared with the advisories of both projects. */
export const asOf = '2026-12-01'

const blocked = 'whoever may write a key can run code through a use-after-free, by having a blocked client evicted'
const lua = 'whoever may run a Lua script can run code through a use-after-free in its parser'

/**
 * Vulnerabilities in what each queue uses: blocking reads, Lua, connections, TLS, the cluster bus. Versions are those of the CVE records
 * and of the release notes; where the two differ, the later release is listed.
 */
export const vulnerabilities: readonly Vulnerability[] = [
  {
    ...{ id: 'CVE-2025-49844', engine: 'Redis', what: lua },
    fixedIn: ['6.2.20', '7.2.11', '7.4.6', '8.0.4', '8.2.2'],
  },
  {
    ...{ id: 'CVE-2026-23479', engine: 'Redis', since: '7.2.0', what: `${blocked}; workers block all the time` },
    fixedIn: ['7.2.14', '7.4.9', '8.2.6', '8.4.3', '8.6.3'],
  },
  {
    ...{ id: 'CVE-2026-81934', engine: 'Redis' },
    what: 'where TLS is on, anyone who can connect can run code through a use-after-free, without a password',
    fixedIn: ['6.2.24', '7.2.16', '7.4.11', '8.2.9', '8.4.6', '8.6.6', '8.8.2', '8.10.1'],
  },
  { ...{ id: 'CVE-2025-49844', engine: 'Valkey', what: lua }, fixedIn: ['7.2.11', '8.0.6', '8.1.4', '9.0.0'] },
  {
    ...{ id: 'CVE-2026-21863', engine: 'Valkey' },
    what: "whoever reaches the port of a cluster's bus can crash the node",
    fixedIn: ['7.2.12', '8.0.7', '8.1.6', '9.0.3'],
  },
  {
    ...{ id: 'CVE-2026-27623', engine: 'Valkey', since: '9.0.0' },
    what: 'anyone who can connect can crash the server, without a password',
    fixedIn: ['9.0.3'],
  },
  {
    ...{ id: 'CVE-2026-23479', engine: 'Valkey', what: `${blocked}; workers block all the time` },
    fixedIn: ['7.2.13', '8.0.8', '8.1.7', '9.0.4', '9.1.0'],
  },
  {
    ...{ id: 'CVE-2026-130822', engine: 'Valkey' },
    what: 'where maxmemory-clients is not 0, whoever may write a key on which clients block can crash the server',
    fixedIn: ['7.2.16', '8.0.13', '8.1.12', '9.0.8', '9.1.4'],
  },
]

/** What is known to be wrong with a version. */
export function vulnerabilitiesIn(engine: string, version: string): Vulnerability[] {
  return vulnerabilities.filter((one) => one.engine === engine && isAffected(version, one))
}

/** The lowest later release in which nothing of the table is left, of the version's own branch when that has one. */
export function cureOf(engine: string, version: string): string | undefined {
  const releases = vulnerabilities.filter((one) => one.engine === engine).flatMap(({ fixedIn }) => fixedIn)
  return releases
    .sort(compareVersions)
    .find((one) => compareVersions(one, version) > 0 && vulnerabilitiesIn(engine, one).length === 0)
}

export function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

function isAffected(version: string, { since = '0', fixedIn }: Vulnerability): boolean {
  if (compareVersions(version, since) < 0) return false
  const ofBranch = fixedIn.find((fixed) => branchOf(fixed) === branchOf(version))
  if (ofBranch !== undefined) return compareVersions(version, ofBranch) < 0
  // A branch that began after the newest fix has it from its first release.
  return fixedIn.some((fixed) => compareVersions(version, fixed) < 0)
}

function branchOf(version: string): string {
  return version.split('.', 2).join('.')
}
