import { type Cluster, Command, Redis } from 'ioredis'
import { corkForTurn } from '../connection/cork.ts'
import { isReply } from '../connection/redis-errors.ts'

type Argument = string | number | boolean | Buffer | null | undefined

/**
 * Calls the scripts that BullMQ has defined on a client, once ioredis has seen to it that Redis has them. Each call is written
 * in one piece: what ioredis does with each of some twenty arguments is a third of what an enqueue of many costs the process.
 */
export class ScriptCalls {
  readonly #client: Redis | undefined
  readonly #heads = new Map<string, string>()

  constructor(client: Redis | Cluster) {
    // A cluster, and an ioredis that is not ours, have their own way to send a command.
    this.#client = client instanceof Redis ? client : undefined
  }

  /** Notes that Redis has a script, which takes so many arguments. */
  learn(script: string, count: number): void {
    const defined: unknown = this.#client && Reflect.get(this.#client.scriptsSet, script)
    if (typeof defined !== 'object' || defined === null) return
    const sha: unknown = Reflect.get(defined, 'sha')
    const keys: unknown = Reflect.get(defined, 'numberOfKeys')
    if (typeof sha !== 'string' || typeof keys !== 'number') return
    const words = ['evalsha', sha, keys].map(written).join('')
    this.#heads.set(script, `*${count + 3}\r\n${words}`)
  }

  /** Calls a script; undefined when it is not known that Redis has it. `otherwise` is asked when it has it no more. */
  call(script: string, args: readonly Argument[], otherwise: () => Promise<unknown>): Promise<unknown> | undefined {
    const head = this.#heads.get(script)
    if (head === undefined || !this.#client) return undefined
    corkForTurn(this.#client)
    const call = new ScriptCall(head, args)
    return Promise.resolve(this.#client.sendCommand(call)).catch((error: unknown) => {
      if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error
      this.#heads.delete(script)
      return otherwise()
    })
  }
}

class ScriptCall extends Command {
  readonly #head: string
  readonly #given: readonly Argument[]

  constructor(head: string, given: readonly Argument[]) {
    // Nor do errors and traces of ioredis tell the arguments.
    super('evalsha', [], { replyEncoding: 'utf8' })
    this.#head = head
    this.#given = given
  }

  override toWritable(): Buffer {
    return write(this.#head, this.#given)
  }
}

/** A command as it is sent: https://redis.io/docs/latest/develop/reference/protocol-spec/#arrays */
function write(head: string, args: readonly Argument[]): Buffer {
  const parts: (string | Buffer)[] = []
  let text = head
  let bytes = 0
  const end = (part: string | Buffer) => {
    parts.push(part)
    bytes += Buffer.byteLength(part)
  }
  for (const arg of args) {
    if (typeof arg === 'object' && arg !== null) {
      end(`${text}$${arg.length}\r\n`)
      end(arg)
      text = '\r\n'
    } else text += written(arg)
  }
  end(text)
  const whole = Buffer.allocUnsafe(bytes)
  let at = 0
  for (const part of parts) at += typeof part === 'string' ? whole.write(part, at) : part.copy(whole, at)
  return whole
}

function written(arg: Exclude<Argument, Buffer>): string {
  const text = String(arg ?? '')
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`
}
