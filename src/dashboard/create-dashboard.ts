import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { type ConnectionInput, openConnection } from '../connection/connection.ts'
import type { QueueContract } from '../contract/contract.ts'
import { suffix } from '../contract/quarantine-name.ts'
import { disposable } from '../disposable.ts'
import { BrineError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { createAnswerer } from './answer.ts'
import { underPath } from './base-path.ts'
import { openBoardQueue } from './board/board-queue.ts'
import { createBoards } from './board/create-boards.ts'
import { type DashboardLog, stderrLog } from './dashboard-log.ts'
import { addressIn, listenerOf } from './listener.ts'
import type { Authenticate, Role } from './visitor.ts'

/** Options of `createDashboard`. */
export interface DashboardOptions {
  /** The contracts whose queues it shows, each with its quarantine. */
  queues: readonly QueueContract[]
  /** Default `redis://127.0.0.1:6379`. */
  connection?: ConnectionInput | undefined
  /** Before every key of the queues. Default each contract's own. */
  prefix?: string | undefined
  /** The path at which browsers find it. Default `/`. */
  basePath?: string | undefined
  /** The heading of its pages. Default `BrineMQ`. */
  title?: string | undefined
  /**
   * Tells who sent a request, by whatever your app knows them. Without it, and without `password`, only requests that come from this
   * machine, by its own names (127.0.0.1, localhost), are answered.
   */
  authenticate?: Authenticate | undefined
  /** Asks for it, instead of `authenticate`. */
  password?: string | undefined
  /** What those may do who are not told apart by `authenticate`. Default `operate`. */
  role?: Role | undefined
  /** Whether those may have sensitive fields shown. Default false. */
  reveal?: boolean | undefined
  /** Told who had sensitive fields shown, and who changed what. Default lines of JSON on stderr. */
  log?: DashboardLog | undefined
  /** How long a question to Redis may take, in milliseconds, before it fails with REDIS_UNREACHABLE. Default 5,000. */
  timeoutMs?: number | undefined
}

/** A dashboard to be mounted. */
export interface Dashboard extends AsyncDisposable {
  /** For Hono: `app.route(dashboard.basePath, dashboard.app)`. */
  readonly app: Hono
  /** For Express and plain `node:http`: `app.use(dashboard.basePath, dashboard.listener)`. */
  readonly listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void
  /**
   * For whatever else speaks in Requests and Responses. `env` is what Hono gives beside a request on Node: it tells where from that
   * came. Where nothing does, `authenticate` or a password is needed.
   */
  fetch(request: Request, env?: unknown): Promise<Response>
  readonly basePath: string
  /** Hangs up. */
  close(): Promise<void>
}

export const dashboardOptions = [
  ...['queues', 'connection', 'prefix', 'basePath', 'title', 'authenticate', 'password', 'role', 'reveal', 'log'],
  'timeoutMs',
]

/**
 * A web page that shows the jobs of some queues, decoded, and lets those who may put them right: Bull Board with adapters of
 * our own. It needs the packages @bull-board/api, @bull-board/hono, @bull-board/ui, hono and @hono/node-server.
 *
 * Throws OPTIONS_INVALID.
 *
 * @example
 * const dashboard = createDashboard({
 *   queues: [people],
 *   basePath: '/jobs',
 *   authenticate: (request) => sessionOf(request)?.isAdmin ? { name: 'ann', role: 'operate' } : undefined,
 * })
 * app.route('/jobs', dashboard.app) // Hono
 * app.use('/jobs', dashboard.listener) // Express
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  checkOptions(options, dashboardOptions, 'createDashboard')
  const { queues: contracts, prefix, title = 'BrineMQ', timeoutMs = 5_000, log = stderrLog } = options
  const basePath = check(options)
  const connection = openConnection(options.connection, 'fail')
  const queues = contracts.map((contract) => openBoardQueue(contract, { connection, prefix, timeoutMs }))
  const under = underPath(basePath)
  const boards = createBoards(queues, {
    ...{ basePath, title },
    revealUrl: (queue, id) => `${under}/reveal/${encodeURIComponent(queue)}/${encodeURIComponent(id)}`,
  })
  const answer = createAnswerer({ ...options, basePath, log, queues, boards })
  const isWithin = (path: string) => under === '' || path === under || path.startsWith(`${under}/`)

  // Frameworks that mount by taking the path away give what follows it.
  const fetch = (request: Request, env?: unknown) => {
    const url = new URL(request.url)
    if (isWithin(url.pathname)) return answer(request, addressIn(env))
    url.pathname = under + url.pathname
    return answer(new Request(url, request), addressIn(env))
  }
  const app = new Hono()
  app.all('*', (context, next) =>
    isWithin(context.req.path) ? answer(context.req.raw, addressIn(context.env)) : next(),
  )
  let closing: Promise<void> | undefined
  return disposable<Dashboard>({
    app,
    fetch,
    basePath,
    listener: listenerOf(getRequestListener(fetch, { overrideGlobalObjects: false })),
    close() {
      closing ??= (async () => {
        await Promise.allSettled(queues.map((queue) => queue.close()))
        await connection.close()
      })()
      return closing
    },
  })
}

/** Gives the base path, without a slash at its end. */
function check({ queues, basePath = '/', authenticate, password, role, timeoutMs = 1 }: DashboardOptions): string {
  const names = Array.isArray(queues) ? queues.map((one: QueueContract) => one?.name) : []
  const all = names.flatMap((name) => [name, `${name}${suffix}`])
  demand(names.length > 0 && names.every((name) => typeof name === 'string'), 'queues', 'contracts of defineQueue')
  demand(new Set(all).size === all.length, 'queues', 'of different names, and not of those of their quarantines')
  demand(/^\/(?:[\w.~-]+\/?)*$/.test(basePath), 'basePath', "a path such as '/jobs'")
  demand(authenticate === undefined || typeof authenticate === 'function', 'authenticate', 'a function')
  demand(password === undefined || (typeof password === 'string' && password !== ''), 'password', 'a text')
  demand(authenticate === undefined || password === undefined, 'password', 'left out where there is authenticate')
  demand(role === undefined || role === 'view' || role === 'operate', 'role', "'view' or 'operate'")
  demand(Number.isFinite(timeoutMs) && timeoutMs > 0, 'timeoutMs', 'milliseconds, more than 0')
  return basePath.length > 1 ? basePath.replace(/\/$/, '') : basePath
}

function demand(holds: boolean, path: string, expectation: string): void {
  if (!holds) throw new BrineError('OPTIONS_INVALID', `must be ${expectation}`, { path })
}
