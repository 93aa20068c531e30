import type { Cluster } from 'ioredis'
import type { Connection } from '../connection/connection.ts'
import { isReply } from '../connection/redis-errors.ts'
import { parameters, type ServerFacts } from './server-facts.ts'

/** Asks a server what there is to judge. What it refuses to tell is left out; rejects when it does not answer. */
export async function readServer({ client }: Connection, prefixes: readonly string[]): Promise<ServerFacts> {
  const ask = async (...command: [string, ...string[]]): Promise<unknown> => {
    try {
      return await client.call(...command)
    } catch (error) {
      if (isReply(error)) return undefined
      throw error
    }
  }
  const [info, user, list] = [await ask('INFO'), await ask('ACL', 'WHOAMI'), await ask('ACL', 'LIST')]
  // One by one: older servers take only one.
  const config = new Map<string, string>()
  for (const name of parameters) {
    const answer = await ask('CONFIG', 'GET', name)
    if (Array.isArray(answer) && typeof answer[1] === 'string') config.set(name, answer[1])
  }
  const asked = Date.now()
  const time = await ask('TIME')
  const answered = Date.now()
  return {
    info: typeof info === 'string' ? fieldsOf(info) : undefined,
    config: config.size > 0 ? config : undefined,
    user: typeof user === 'string' ? user : undefined,
    rules: rulesOf(user, list),
    ...wayTo(client),
    clockAheadMs: Array.isArray(time) ? msOf(time) - (asked + answered) / 2 : undefined,
    prefixes,
  }
}

function fieldsOf(info: string): Map<string, string> {
  return new Map([...info.matchAll(/^([\w-]+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]))
}

function rulesOf(user: unknown, list: unknown): string[] | undefined {
  if (!Array.isArray(list)) return undefined
  const lines = list.filter((line) => typeof line === 'string').map((line) => line.split(' '))
  return lines.find(([, name]) => name === user)?.slice(2)
}

function msOf([seconds, micros]: unknown[]): number {
  return Number(seconds) * 1_000 + Number(micros) / 1_000
}

function wayTo(client: Connection['client']): Pick<ServerFacts, 'tls' | 'checksCertificate' | 'local'> {
  if (isCluster(client)) return { ...encryptionOf(client.options.redisOptions?.tls), local: false }
  const { tls, host, path } = client.options
  return { ...encryptionOf(tls), local: path !== undefined || /^(?:localhost$|127\.|::1$)/.test(host ?? '') }
}

function encryptionOf(tls: { rejectUnauthorized?: boolean | undefined } | undefined) {
  return { tls: tls !== undefined, checksCertificate: tls?.rejectUnauthorized !== false }
}

function isCluster(client: Connection['client']): client is Cluster {
  return client.isCluster
}
