import type { $ZodType } from 'zod/v4/core'

/**
 * What zod takes for a character of a text of the costliest kind, in visits: see weigh-schema.ts. Measured as the CPU time of texts of 40,000
 * characters in a list, until the budget of a text was spent, which should take a second: `'a-'` repeated took 29 s as base64url, whose signs zod
 * replaces one by one, and `'a.'` took 6 s as jwt, which it splits. Others took up to 1.7 s at half of `usual`.
 */
const ofFormat: Readonly<Record<string, number>> = { base64url: 1 / 2, jwt: 1 / 8 }
/** toUpperCase, slugify, normalize and their kind, which make another text: up to 4 s at 1/64. */
const ofOverwrite = 1 / 8
const usual = 1 / 32

/** What a schema that reads texts takes for each character. */
export function costOfCharacter({ _zod: { def } }: $ZodType): number {
  let cost = usual + costOf(def)
  for (const check of def.checks ?? []) {
    const { def: of } = check._zod
    cost += of.check === 'overwrite' ? ofOverwrite : costOf(of)
  }
  return cost
}

/** Whether short texts cost more than their holder spends for them. */
export function isCostly(perCharacter: number): boolean {
  return perCharacter > usual
}

function costOf(def: object): number {
  const format: unknown = Reflect.get(def, 'format')
  return typeof format === 'string' && Object.hasOwn(ofFormat, format) ? (ofFormat[format] ?? 0) : 0
}
