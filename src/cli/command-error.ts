import type { BrineErrorCode } from '../errors.ts'
import { type ExitCode, exitCode } from './exit-code.ts'

/** Ends a command with one line that says what is wrong and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exit: ExitCode

  constructor(exit: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exit = exit
  }
}

const exits: Partial<Record<BrineErrorCode, ExitCode>> = {
  MODEL_INVALID: exitCode.usage,
  CONTRACT_INVALID: exitCode.usage,
  OPTIONS_INVALID: exitCode.usage,
  KEYS_INVALID: exitCode.usage,
  REDIS_UNREACHABLE: exitCode.unreachable,
  REDIS_REFUSED: exitCode.unreachable,
}

/** How a command ends that threw, and the line that says why. */
export function describeFailure(error: unknown): { exit: ExitCode; code: string | undefined; message: string } {
  if (error instanceof CommandError) return { exit: error.exit, code: undefined, message: error.message }
  if (!(error instanceof Error)) return { exit: exitCode.failed, code: undefined, message: String(error) }
  // By its name: the project's brinemq may be another copy of the package.
  const code: unknown = error.name === 'BrineError' ? Reflect.get(error, 'code') : undefined
  const [line = error.name] = error.message.split('\n')
  if (typeof code !== 'string') return { exit: exitCode.failed, code: undefined, message: line || error.name }
  return { exit: exits[code as BrineErrorCode] ?? exitCode.failed, code, message: line }
}
