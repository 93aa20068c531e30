import type { Finding } from './finding.ts'
import type { ServerFacts } from './server-facts.ts'

const askable = 'let the user ask, or ask as another: ACL SETUSER <user> +acl|whoami +acl|list'

/** What is right and wrong with the user of a connection. */
export function judgeUser({ user, rules, local, config }: ServerFacts): Finding[] {
  const remedy = "make a user of its own, kept to the queues' keys: see docs/security.md"
  const level = local ? 'warning' : 'error'
  const about = 'acl'
  if (user === undefined)
    return [{ level: 'unknown', about, what: 'who the connection is, is not told', remedy: askable }]
  const found: Finding[] = []
  if (user === 'default') found.push({ level: 'warning', about, what: "the connection is the user 'default'", remedy })
  if (rules === undefined) {
    // Who may not read the rules is at least no administrator.
    const what = `what '${user}' may do is not told`
    if (user === 'default') found.push({ level: 'unknown', about, what, remedy: askable })
    else found.push({ level: 'ok', about, what: `'${user}' is no administrator` })
    return found
  }
  if (rules.includes('nopass')) {
    const set = `ACL SETUSER ${user} resetpass ><password>, or in redis.conf: requirepass <password>`
    const others = isOpen(config) ? ', and the server answers other machines' : ''
    found.push({ level, about, what: `'${user}' needs no password${others}`, remedy: set })
  }
  if (rules.includes('~*')) found.push({ level: 'warning', about, what: `'${user}' may touch every key`, remedy })
  const dangerous = rules.filter((rule) => rule === '+@all' || rule === '+@dangerous' || rule === '+@admin')
  const taken = rules.includes('-@dangerous') || (rules.includes('-@admin') && rules.includes('-flushall'))
  if (dangerous.length > 0 && !taken) {
    const what = `'${user}' may flush, configure and shut the server down (${dangerous.join(' ')})`
    found.push({ level: 'warning', about, what, remedy })
  }
  return found.length > 0 ? found : [{ level: 'ok', about, what: `'${user}' has a password and is kept to its keys` }]
}

// Redis' own protection is that without a password only this machine is answered.
function isOpen(config: ServerFacts['config']): boolean {
  const addresses = config?.get('bind')?.split(' ') ?? []
  return config?.get('protected-mode') === 'no' && !addresses.every((address) => /^-?(?:127\.|::1$)/.test(address))
}
