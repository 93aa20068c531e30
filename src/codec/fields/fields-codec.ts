import type { Validator } from '../../schema/validate.ts'
import type { CodecContext } from '../codec-context.ts'
import type { Opened, Place } from '../envelope.ts'
import { between, EnvelopePrefixes, versionOf } from '../envelope-prefixes.ts'
import { FieldsReader, failed } from './fields-reader.ts'
import { FieldsWriter } from './fields-writer.ts'
import { fieldsEncodingId } from './layout.ts'
import { type Plan, Plans } from './plans.ts'
import type { ReadMemo } from './read-memo.ts'
import { writeValues } from './write-values.ts'

/** What one codec does by its schemas. Both directions give undefined for what is the general encoding's to judge. */
export interface FieldsCodec {
  /** The plan of values of a schema, or of the instance that a value is. */
  planOf(value: unknown, validator?: Validator): Plan | undefined
  /** The values of a body, as JSON, of what its plan carries exactly. */
  encode(value: unknown, plan: Plan, memo: ReadMemo): string | undefined
  body(plan: Plan, values: string): string
  /** The text of an envelope without a seal. */
  envelope(plan: Plan, place: Place, values: string): string
  /**
   * The value of an envelope that was made for `place` by the very schemas that are known here. `checked` says that it is what
   * `validator` gives.
   */
  decode(text: string, place: Place, validator?: Validator): Opened | undefined
}

/** Compiles the schemas of models when they are first used. */
export function createFieldsCodec(knowledge: Pick<CodecContext, 'registry' | 'limits' | 'stacks'>): FieldsCodec {
  const { registry, limits } = knowledge
  const plans = new Plans(registry)
  const heads = new EnvelopePrefixes(fieldsEncodingId, '["')
  let last: Plan | undefined

  function planOf(value: unknown, validator?: Validator): Plan | undefined {
    if (validator !== undefined) return found(() => plans.ofSchema(validator))
    if (typeof value !== 'object' || value === null) return undefined
    return found(() => {
      const model = registry.byPrototype.get(Object.getPrototypeOf(value))
      return model && plans.ofModel(model)
    })
  }

  function planOfTag(text: string, place: Place): Plan | undefined {
    const head = heads.of(place)
    if (text.slice(0, head.length) !== head) return undefined
    const begins = text.slice(head.length, head.length + longestTag + 1)
    const model = registry.byTag.get(begins.slice(0, Math.max(0, begins.indexOf('@'))))
    return model && found(() => plans.ofModel(model))
  }

  function read(text: string, plan: Plan, place: Place): unknown {
    const written = between(text, plan.heads.of(place), ']}')
    if (written === undefined) return failed
    try {
      const values: unknown = JSON.parse(written)
      if (!Array.isArray(values) || values.length > limits.maxNodes) return failed
      const reader = new FieldsReader(values, limits)
      const value = plan.decode(reader)
      return reader.isAtEnd ? value : failed
    } catch {
      // Read again the general way, which tells what it was and where.
      return failed
    }
  }

  return {
    planOf,
    encode(value, plan, memo) {
      const writer = new FieldsWriter(knowledge, memo)
      try {
        if (!plan.encode(value, writer) || !writer.isWhole) return undefined
      } catch {
        // A model's own code, or a proxy's: the general encoding hears of it too, and tells where it was.
        return undefined
      }
      const values = writeValues(writer.values)
      const length = plan.layout.length + values.length + '[,]'.length
      // No character is more than three bytes of UTF-8.
      if (length * 3 <= limits.maxBytes) return values
      return Buffer.byteLength(`[${plan.layout},${values}]`) <= limits.maxBytes ? values : undefined
    },
    body: (plan, values) => `[${plan.layout},${values}]`,
    envelope: (plan, place, values) => `${plan.heads.of(place)}${values}]}`,
    decode(text, place, validator) {
      const plan = validator && planOf(undefined, validator)
      if (plan !== undefined) {
        const value = read(text, plan, place)
        if (value !== failed) return { version: versionOf(place), value, checked: plan.settled }
      }
      // Texts of one kind come many at a time.
      if (last !== undefined) {
        const value = read(text, last, place)
        if (value !== failed) return { version: versionOf(place), value }
      }
      const found = planOfTag(text, place)
      if (found === undefined || found === last) return undefined
      last = found
      const value = read(text, found, place)
      return value === failed ? undefined : { version: versionOf(place), value }
    },
  }
}

const longestTag = 100

/** Nothing for a schema that never ends, or a proxy that throws: the general encoding tells of it. */
function found<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}
