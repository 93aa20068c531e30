import type { IncomingMessage, ServerResponse } from 'node:http'

interface Mounted {
  originalUrl?: unknown
  body?: unknown
  rawBody?: unknown
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown

/** A listener for Node's servers, which also does as a middleware of Express: that takes the path away, and may have read the body. */
export function listenerOf(listener: Listener): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming: IncomingMessage & Mounted, outgoing) => {
    if (typeof incoming.originalUrl === 'string') incoming.url = incoming.originalUrl
    if (incoming.readableEnded && incoming.rawBody === undefined && incoming.body !== undefined) {
      incoming.rawBody = Buffer.from(bodyOf(incoming))
    }
    void listener(incoming, outgoing)
  }
}

/** Where a request came from, by what @hono/node-server gives beside it. */
export function addressIn(env: unknown): string | undefined {
  const incoming = memberOf(memberOf(env, 'server') ?? env, 'incoming')
  const socket = memberOf(incoming, 'socket')
  const address = memberOf(socket, 'remoteAddress')
  return typeof address === 'string' ? address : undefined
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function bodyOf({ body, headers }: IncomingMessage & Mounted): string {
  if (typeof body === 'string') return body
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body)
}
