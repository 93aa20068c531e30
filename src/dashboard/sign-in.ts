import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { underPath } from './base-path.ts'
import { type DashboardLog, inLog } from './dashboard-log.ts'
import { createGuesses, windowMs } from './guesses.ts'
import { page } from './page.ts'
import type { Visitor } from './visitor.ts'

/** A way in by a password: a page that asks for it, and a cookie for who knows it. */
export interface SignIn {
  /** The visitor that a request's cookie or `Authorization: Basic` identifies; `address` is that of the connection. */
  visitor(request: Request, address: string | undefined): Promise<Visitor | undefined>
  /** The page, and what comes of it. */
  answer(request: Request, address: string | undefined): Promise<Response>
  /** Where who is not signed in is sent. */
  readonly path: string
}

export interface SignInOptions {
  password: string
  /** Who comes in by it. */
  as: Visitor
  basePath: string
  log: DashboardLog
}

const cookieName = 'brine_dashboard'
const sessionMs = 12 * 60 * 60 * 1_000
const mostSessions = 1_000
const refusedMs = 1_000
// Each holds a connection open.
const mostHeld = 100
const longestBody = 10_000

export function createSignIn({ password, as, basePath, log }: SignInOptions): SignIn {
  const expected = hash(password)
  const sessions = new Map<string, number>()
  const path = `${underPath(basePath)}/sign-in`
  const guesses = createGuesses()
  let held = 0

  function isKnown(token: string): boolean {
    const key = hash(token).toString('base64')
    const until = sessions.get(key)
    if (until === undefined) return false
    if (until > Date.now()) return true
    sessions.delete(key)
    return false
  }

  function begin(): string {
    const token = randomBytes(32).toString('base64url')
    sessions.set(hash(token).toString('base64'), Date.now() + sessionMs)
    const [oldest] = sessions.keys()
    if (sessions.size > mostSessions && oldest !== undefined) sessions.delete(oldest)
    return token
  }

  /**
   * Whether a password is the right one. It is compared before any limit applies, so the right one always gets in, however many
   * clients guess, and also behind a proxy that makes all of them one client. The limits only bound the cost of guesses for the process and
   * the log; the password's length protects it from being guessed.
   */
  async function judge(given: string, address: string | undefined): Promise<'right' | 'wrong' | 'too many'> {
    // Hashed first, so that neither its length nor its beginning tells in the time that this takes.
    if (timingSafeEqual(hash(given), expected)) return 'right'
    const { isOver, isFirstOver } = guesses.count(address)
    if (!isOver || isFirstOver) {
      const what = isOver
        ? 'too many wrong passwords of a client: no more lines for a minute'
        : 'a password was refused'
      log.info({ who: inLog(as.name) ?? '', at: new Date(), what: 'sign-in-refused' }, what)
    }
    if (isOver || held >= mostHeld) return 'too many'
    held += 1
    await wait(refusedMs)
    held -= 1
    return 'wrong'
  }

  return {
    path,
    async visitor({ headers }, address) {
      const [, encoded = ''] = /^basic\s+(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
      if (encoded !== '') {
        const given = Buffer.from(encoded, 'base64').toString()
        return (await judge(given.slice(given.indexOf(':') + 1), address)) === 'right' ? as : undefined
      }
      const cookies = (headers.get('cookie') ?? '').split(';').map((cookie) => cookie.trim())
      const tokens = cookies.filter((cookie) => cookie.startsWith(`${cookieName}=`))
      return tokens.some((cookie) => isKnown(cookie.slice(cookieName.length + 1))) ? as : undefined
    },
    async answer(request, address) {
      if (request.method !== 'POST') return form('')
      const body = (await request.text()).slice(0, longestBody)
      const judged = await judge(new URLSearchParams(body).get('password') ?? '', address)
      if (judged === 'too many') return tooMany()
      if (judged === 'wrong') return form('This is not the password.', 401)
      log.info({ who: as.name, at: new Date(), what: 'sign-in' }, 'somebody signed in')
      const isSecure =
        new URL(request.url).protocol === 'https:' || request.headers.get('x-forwarded-proto') === 'https'
      const secure = isSecure ? '; Secure' : ''
      const cookie = `${cookieName}=${begin()}; Path=${basePath}; Max-Age=${sessionMs / 1_000}; HttpOnly; SameSite=Strict${secure}`
      return new Response(null, { status: 303, headers: { Location: basePath, 'Set-Cookie': cookie } })
    },
  }

  function tooMany(): Response {
    return form('This is not the password, and there were too many wrong ones. The right one is still accepted.', 429, {
      'Retry-After': String(windowMs / 1_000),
    })
  }

  function form(remark: string, status = 200, headers: Record<string, string> = {}): Response {
    const fields =
      '<input type="password" name="password" placeholder="Password" aria-label="Password" autofocus required><button>Sign in</button>'
    const body = `<form method="post" action="${path}">${fields}</form>${remark && `<p role="alert">${remark}</p>`}`
    return page('Sign in to the dashboard', body, status, headers)
  }
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
