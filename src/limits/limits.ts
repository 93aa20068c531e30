import { BrineError } from '../errors.ts'

/** Bounds on one text, checked when it is made and before anything large is built from it. */
export interface Limits {
  /** UTF-8 bytes of the body's text. Default 1 MiB. */
  maxBytes: number
  /** Entries of the flattened graph: each object, and each primitive that is written apart. Default 50,000. */
  maxNodes: number
  /** Objects within objects; a list, Map or Set counts with the object that has it as a property. Default 1,500. */
  maxDepth: number
  /** Elements of one array. Default 100,000. */
  maxArrayLength: number
  /** Missing elements of one array. Default 10,000. */
  maxHoles: number
  /** Decimal digits of one bigint. Default 4,096. */
  maxBigIntDigits: number
  /** Bytes of one ArrayBuffer, and so of any view. Default 1 MiB. */
  maxBinaryBytes: number
}

/** What holds where `limits` says nothing else. */
export const defaultLimits: Readonly<Limits> = {
  maxBytes: 1024 * 1024,
  maxNodes: 50_000,
  maxDepth: 1_500,
  maxArrayLength: 100_000,
  maxHoles: 10_000,
  maxBigIntDigits: 4_096,
  maxBinaryBytes: 1024 * 1024,
}

/** The limits in force: the defaults, with `given` over them. Throws OPTIONS_INVALID. */
export function defineLimits(given: Partial<Limits> = {}): Limits {
  const limits = { ...defaultLimits, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(defaultLimits, name)) {
      throw new BrineError(
        'OPTIONS_INVALID',
        `there is no limit '${name}'; there are ${Object.keys(defaultLimits).join(', ')}`,
      )
    }
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new BrineError('OPTIONS_INVALID', `the limit ${name} must be a whole number, 0 or more`)
    }
  }
  return limits
}

/** The refusal of a value or text that is over a limit: says which, how much it was, and how much is allowed. */
export function limitExceeded(limits: Limits, name: keyof Limits, found: number | string, path?: string): BrineError {
  return new BrineError(
    'LIMIT_EXCEEDED',
    `${name} is ${limits[name]}, and this has ${found}; send less, or raise limits.${name}`,
    { path },
  )
}
