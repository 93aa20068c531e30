import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BrineError } from './errors.ts'
import { isError } from './realm/is-error.ts'

/** Where a server was told to listen. */
export interface Address {
  host: string
  /** 0 for any that is free. */
  port: number
}

/** Throws OPTIONS_INVALID where `address` cannot be one. */
export function checkAddress({ host, port }: Address): void {
  if (typeof host !== 'string' || host === '') {
    throw new BrineError('OPTIONS_INVALID', 'must be an address', { path: 'host' })
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new BrineError('OPTIONS_INVALID', 'must be a port, or 0 for one that is free', { path: 'port' })
  }
}

/** Listens, and tells where. Rejects with OPTIONS_INVALID when the port is taken, or the address is none of this machine's. */
export async function listen(server: Server, { host, port }: Address): Promise<AddressInfo> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const code: unknown = isError(error) ? Reflect.get(error, 'code') : undefined
    throw new BrineError('OPTIONS_INVALID', `cannot listen on ${host}:${port} (${code}): give another port or host`, {
      path: 'port',
      cause: error,
    })
  }
  return server.address() as AddressInfo
}
