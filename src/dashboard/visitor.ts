/** What somebody may do: look on, or also retry, remove, add and pause. */
export type Role = 'view' | 'operate'

/** Somebody who uses the dashboard. */
export interface Visitor {
  /** By which the log knows them. */
  readonly name: string
  readonly role: Role
  /** Whether they may have sensitive fields shown, each time with a line in the log. Default false. */
  readonly reveal?: boolean | undefined
}

/** Tells who sent a request; undefined for somebody who may not come in. */
export type Authenticate = (request: Request) => Visitor | undefined | Promise<Visitor | undefined>

/** Whether an `authenticate` hook gave what it should: what it gives comes from the user's own code. */
export function isVisitor(given: unknown): given is Visitor {
  if (typeof given !== 'object' || given === null) return false
  const role: unknown = Reflect.get(given, 'role')
  return typeof Reflect.get(given, 'name') === 'string' && (role === 'view' || role === 'operate')
}
