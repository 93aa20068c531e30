import { BrineError } from '../errors.ts'
import { underPath } from './base-path.ts'
import type { BoardQueue } from './board/board-queue.ts'
import type { Boards } from './board/create-boards.ts'
import type { DashboardOptions } from './create-dashboard.ts'
import { type DashboardLog, inLog } from './dashboard-log.ts'
import { changes, isFromElsewhere, isWithinThisMachine } from './guard.ts'
import { answerOpenedValues, openedValuesPath } from './opened-values.ts'
import { page } from './page.ts'
import { findShown, revealPage } from './reveal-page.ts'
import { secured } from './secure-headers.ts'
import { createSignIn } from './sign-in.ts'
import { isVisitor, type Visitor } from './visitor.ts'

export interface AnswerOptions extends Pick<DashboardOptions, 'authenticate' | 'password' | 'role' | 'reveal'> {
  basePath: string
  log: DashboardLog
  queues: readonly BoardQueue[]
  boards: Boards
}

const longestBody = 4 * 1024 * 1024

/** Answers a request, by its whole path, that came from an address, as far as that is known. */
export type Answer = (request: Request, address: string | undefined) => Promise<Response>

/** Answers requests to the dashboard: whom it may let in, what they may do, and then Bull Board. */
export function createAnswerer(options: AnswerOptions): Answer {
  const { authenticate, password, role = 'operate', reveal = false, basePath, log, queues, boards } = options
  const under = underPath(basePath)
  const everybody: Visitor = { name: password === undefined ? 'this machine' : 'by password', role, reveal }
  const signIn = password === undefined ? undefined : createSignIn({ password, as: everybody, basePath, log })

  async function visitorOf(request: Request, address: string | undefined): Promise<Visitor | undefined> {
    if (signIn) return signIn.visitor(request, address)
    if (!authenticate) return isWithinThisMachine(request, address) ? everybody : undefined
    try {
      const visitor = await authenticate(request)
      if (visitor === undefined || visitor === null) return undefined
      if (isVisitor(visitor)) return visitor
      throw new TypeError('it must give { name, role }, or undefined')
    } catch (cause) {
      // Who asked is told nothing of what the app throws.
      const reason = inLog(String(cause))
      log.info({ who: '', at: new Date(), what: 'authenticate-failed', reason }, 'authenticate failed')
      throw new BrineError('OPTIONS_INVALID', 'failed: see the log', { path: 'authenticate', cause })
    }
  }

  async function answer(request: Request, path: string, address: string | undefined): Promise<Response> {
    if (changes(request) && isFromElsewhere(request)) return refused(403, 'a page of another site sent this request')
    // A body that does not say how long it is may be of any length.
    const length = request.headers.has('transfer-encoding') ? Infinity : Number(request.headers.get('content-length'))
    if (length > longestBody) return refused(413, 'this is too much')
    if (signIn && path === '/sign-in') return signIn.answer(request, address)
    const visitor = await visitorOf(request, address)
    if (!visitor) return stranger(request)
    if (changes(request)) {
      if (visitor.role !== 'operate') return refused(403, 'you may look on, and change nothing')
      const response = await boards(visitor).fetch(request)
      log.info({ ...operation(request, path), who: visitor.name, status: response.status }, 'something was changed')
      return response
    }
    if (path === openedValuesPath) return answerOpenedValues()
    const [, queue, id] = /^\/reveal\/([^/]+)\/([^/]+)$/.exec(path) ?? []
    if (queue !== undefined && id !== undefined) return revealed(visitor, decoded(queue), decoded(id))
    return boards(visitor).fetch(request)
  }

  async function revealed(visitor: Visitor, queue: string, id: string): Promise<Response> {
    if (visitor.reveal !== true) return page('You may not see sensitive fields', '', 403)
    const found = await findShown(queues, queue, id)
    if (!found) return page('There is no such job', '<p>It was removed, or ended long ago.</p>', 404)
    // Before anything is shown: when it cannot be logged, it is not seen.
    log.info({ who: visitor.name, at: new Date(), what: 'reveal', queue, id }, 'sensitive fields were shown')
    return revealPage(found)
  }

  function stranger({ headers, method }: Request): Response {
    const wantsPage = method === 'GET' && (headers.get('accept') ?? '').includes('text/html')
    if (signIn) {
      if (wantsPage) return new Response(null, { status: 303, headers: { Location: signIn.path } })
      return refused(401, `sign in at ${signIn.path}`)
    }
    if (authenticate) return refused(401, 'sign in first')
    const remedy =
      'without authenticate or a password it answers this machine alone, at 127.0.0.1 and localhost, and not through a proxy'
    return refused(403, remedy)
  }

  return async (request, address) => {
    const { pathname } = new URL(request.url)
    const path = pathname.slice(under.length) || '/'
    try {
      const response = await answer(request, path, address)
      return await secured(response, path.startsWith('/static/'))
    } catch (error) {
      if (!(error instanceof BrineError)) throw error
      return secured(refused(500, error.message), false)
    }
  }
}

/** As the pages of the board read it. */
function refused(status: number, message: string): Response {
  return Response.json({ error: status === 401 || status === 403 ? 'Refused' : 'Error', message }, { status })
}

/** What the path of a request says that it does, and to what. */
function operation({ method }: Request, path: string) {
  const [queue, ...rest] = path
    .replace(/^\/api\/queues\/?/, '')
    .split('/')
    .map(decoded)
  const whole = ['pause', 'resume', 'add', 'promote', 'empty', 'obliterate', 'concurrency', 'rate-limit']
  const [first = '', second] = rest
  const ofQueue = second === undefined || whole.includes(first) || first === 'retry' || first === 'clean'
  const [id, action] = ofQueue ? [undefined, rest.join(' ')] : [first, rest.slice(1).join(' ')]
  const what = 'operate' as const
  return { at: new Date(), what, queue: inLog(queue), id: inLog(id), action: inLog(`${method} ${action}`) }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
