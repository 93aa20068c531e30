/** `error`: jobs may be lost or others may take over. `warning`: to be decided. `unknown`: could not be asked. */
export type Level = 'ok' | 'unknown' | 'warning' | 'error'

/** One thing that was looked at: of a server, or the installed BullMQ. */
export interface Finding {
  readonly level: Level
  /** Stable, for scripts. */
  readonly about:
    | 'version'
    | 'vulnerability'
    | 'persistence'
    | 'eviction'
    | 'memory'
    | 'replicas'
    | 'tls'
    | 'acl'
    | 'cluster'
    | 'clock'
    | 'bullmq'
  readonly what: string
  /** Of a vulnerability: its CVE. */
  readonly id?: string
  /** What to change: the line of redis.conf, or the command. */
  readonly remedy?: string
}

/** The remedy where INFO is not allowed. */
export const letAsk = 'let the user ask, or ask as another: ACL SETUSER <user> +info'
