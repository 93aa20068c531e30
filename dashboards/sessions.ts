import type { Visitor } from 'brinemq/dashboard'

/** Who is signed in to the app, by their session's cookie. An app has its own way to know. */
const sessions: ReadonlyMap<string, Visitor> = new Map([
  ['7f3a', { name: 'ann', role: 'operate', reveal: true }],
  ['c09d', { name: 'bob', role: 'view' }],
])

/** For the dashboard's `authenticate`: undefined for whoever may not come in. */
export function visitorOf(request: Request): Visitor | undefined {
  const [, session = ''] = /(?:^|; )session=(\w+)/.exec(request.headers.get('cookie') ?? '') ?? []
  return sessions.get(session)
}
