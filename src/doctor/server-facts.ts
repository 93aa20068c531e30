/** What a server told of itself. What it may not be asked, or does not tell, is undefined. */
export interface ServerFacts {
  /** The fields of INFO, by their names. */
  readonly info: ReadonlyMap<string, string> | undefined
  /** The parameters of CONFIG GET that the judgement reads; managed servers do not tell them. */
  readonly config: ReadonlyMap<string, string> | undefined
  /** The user of the connection: ACL WHOAMI. */
  readonly user: string | undefined
  /** The flags and rules of that user, such as `on`, `nopass`, `~*`, `+@all`: ACL LIST. */
  readonly rules: readonly string[] | undefined
  /** Whether the connection is encrypted. */
  readonly tls: boolean
  /** Whether the server's certificate is checked, where it is encrypted. */
  readonly checksCertificate: boolean
  /** Whether it goes to this machine alone: a loopback address, or a socket. */
  readonly local: boolean
  /** How far the server's clock is ahead, in milliseconds, as well as the time of the answer lets it be known. */
  readonly clockAheadMs: number | undefined
  /** What stands before the queues' keys. */
  readonly prefixes: readonly string[]
}

/** The parameters that are asked for. */
export const parameters = [
  'appendonly',
  'appendfsync',
  'save',
  'maxmemory',
  'maxmemory-policy',
  'min-replicas-to-write',
  'bind',
  'protected-mode',
]
