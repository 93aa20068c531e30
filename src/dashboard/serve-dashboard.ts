import { createServer } from 'node:http'
import { disposable } from '../disposable.ts'
import { BrineError } from '../errors.ts'
import { checkAddress, listen } from '../listen.ts'
import { checkOptions } from '../options.ts'
import { createDashboard, type DashboardOptions, dashboardOptions } from './create-dashboard.ts'
import { isLoopback } from './guard.ts'

/** Options of `serveDashboard`, beside those of `createDashboard`. */
export interface ServeDashboardOptions extends DashboardOptions {
  /** The address that it listens on. Default `127.0.0.1`. Any other than this machine's needs `authenticate` or a password. */
  host?: string | undefined
  /** Default 3737; 0 takes one that is free. */
  port?: number | undefined
}

/** A dashboard that listens. */
export interface ServedDashboard extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Ends all connections, and hangs up. */
  close(): Promise<void>
}

/** The environment's name of the password, when neither `password` nor `authenticate` is given. */
const passwordVariable = 'BRINE_DASHBOARD_PASSWORD'

/**
 * Serves a dashboard of its own. Rejects with OPTIONS_INVALID for an address that others reach when nobody is asked who they
 * are, and when the port is taken.
 *
 * @example
 * const { url, close } = await serveDashboard({ queues: [people], connection })
 */
export async function serveDashboard(options: ServeDashboardOptions): Promise<ServedDashboard> {
  checkOptions(options, [...dashboardOptions, 'host', 'port'], 'serveDashboard')
  const { host = '127.0.0.1', port = 3737, ...given } = options
  const password = given.password ?? (given.authenticate ? undefined : process.env[passwordVariable] || undefined)
  checkAddress({ host, port })
  const isOpen = password === undefined && !given.authenticate
  if (!isLoopback(host) && isOpen) throw refuseAddress()
  const dashboard = createDashboard({ ...given, password })
  const server = createServer(dashboard.listener)
  const { port: taken, address } = await listen(server, { host, port }).catch(async (error: unknown) => {
    await dashboard.close()
    throw error
  })
  if (!isLoopback(address) && isOpen) {
    // A name may be made to mean any address.
    server.close()
    await dashboard.close()
    throw refuseAddress()
  }
  return disposable<ServedDashboard>({
    port: taken,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}${dashboard.basePath}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await dashboard.close()
    },
  })
}

function refuseAddress(): BrineError {
  const remedy = `others reach this address: set ${passwordVariable}, or give authenticate or password`
  return new BrineError('OPTIONS_INVALID', remedy, { path: 'host' })
}
