import { createBullBoard } from '@bull-board/api'
import type { ControllerHandlerReturnType } from '@bull-board/api/typings/app'
import { HonoAdapter } from '@bull-board/hono'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { suffix } from '../../contract/quarantine-name.ts'
import { BrineError, type BrineErrorCode } from '../../errors.ts'
import { underPath } from '../base-path.ts'
import type { Visitor } from '../visitor.ts'
import type { BoardQueue } from './board-queue.ts'
import { findTop } from './find-top.ts'
import { QuarantineAdapter } from './quarantine-adapter.ts'
import { QueueAdapter } from './queue-adapter.ts'

export interface BoardsOptions {
  basePath: string
  title: string
  /** Where a job's sensitive fields are shown. */
  revealUrl: (queue: string, id: string) => string
}

/** Bull Board for a visitor, as what they may do: it knows no visitors, so there is one of it for each kind. */
export type Boards = (visitor: Visitor) => Hono

export function createBoards(queues: readonly BoardQueue[], options: BoardsOptions): Boards {
  const boards = new Map<string, Hono>()
  return ({ role, reveal = false }) => {
    const kind = `${role} ${reveal}`
    const board = boards.get(kind) ?? createBoard(queues, options, { readOnlyMode: role !== 'operate', reveal })
    boards.set(kind, board)
    return board
  }
}

interface Permitted {
  readOnlyMode: boolean
  reveal: boolean
}

function createBoard(
  queues: readonly BoardQueue[],
  { basePath, title, revealUrl }: BoardsOptions,
  { readOnlyMode, reveal }: Permitted,
): Hono {
  const server = new ServerAdapter(serveStatic)
  server.setBasePath(basePath)
  const adapters = queues.flatMap((source) => {
    const { name } = source.contract
    const shown = (queue: string) => ({
      readOnlyMode,
      revealUrl: reveal ? (id: string) => revealUrl(queue, id) : undefined,
    })
    const ofQueue = new QueueAdapter(source, { displayName: name, description: '', ...shown(name) })
    const quarantine = new QuarantineAdapter(source, ofQueue, {
      displayName: `${name}: quarantine`,
      description: 'Jobs that no worker could read: retry replays one, and clean discards it.',
      ...shown(name + suffix),
    })
    return [ofQueue, quarantine]
  })
  createBullBoard({
    queues: adapters,
    serverAdapter: server,
    options: { uiConfig: { boardTitle: title, hideDocsLink: true, showMetrics: true, sortQueues: false } },
  })
  const app = new Hono({ strict: false })
  app.onError((error, context) => {
    const { status, body } = describeError(error)
    return context.json(body, status)
  })
  const api = `${underPath(basePath)}/api/queues`
  for (const adapter of adapters) {
    const path = `${api}/${encodeURIComponent(adapter.getName())}/retry/failed`
    app.put(path, async (context) => context.json({ retried: await adapter.retryFailed(), skipped: 0 }))
  }
  const board = new Hono().route(basePath, server.registerPlugin())
  app.get(`${api}/:queue/:id/flow`, async (context, next) => {
    const { queue, id } = context.req.param()
    const adapter = adapters.find((one) => one.getName() === queue)
    if (!adapter || context.req.query('root') === 'node') return next()
    // Bull Board's own search for the root draws nothing when a parent is gone, or in a queue that is not here, and never ends in a circle.
    const top = await findTop(adapters, { adapter, id })
    const url = new URL(context.req.url)
    url.pathname = `${api}/${encodeURIComponent(top.adapter.getName())}/${encodeURIComponent(top.id)}/flow`
    url.searchParams.set('root', 'node')
    const response = await board.fetch(new Request(url, context.req.raw))
    if (!response.ok) return response
    const flow = (await response.json()) as object
    return context.json({ ...flow, nodeId: id })
  })
  for (const path of editors) app.patch(api + path, (context) => context.json(noEditor, 405))
  return app.route('/', board)
}

// Stored payloads are sealed and validated, and the next deploy would undo a change to a schedule of the contract.
const editors = ['/:queue/:id/update-data', '/:queue/job-schedulers/:id']
const noEditor = {
  error: 'Refused',
  message: 'stored payloads and schedules are not edited in place: duplicate the job, or change the schedule in code',
}

const statuses: Partial<Record<BrineErrorCode, 404 | 409 | 500>> = {
  ...{ JOB_REMOVED: 404, JOB_UNKNOWN: 404, JOB_STATE_INVALID: 409 },
  ...{ REDIS_UNREACHABLE: 500, REDIS_REFUSED: 500, CLOSED: 500 },
}

/** Says what was refused in our words: the code as the title, and under it what to do. */
class ServerAdapter extends HonoAdapter {
  override setErrorHandler(): this {
    return super.setErrorHandler((error): ControllerHandlerReturnType => describeError(error))
  }
}

function describeError(error: Error) {
  if (!(error instanceof BrineError)) {
    return { status: 500, body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' }, message: error.message } } as const
  }
  return { status: statuses[error.code] ?? 400, body: { error: error.code, message: error.message } } as const
}
