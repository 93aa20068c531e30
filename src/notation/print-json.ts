import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import { escapeName, standInName } from './form/names.ts'
import { readBy, schemaOfElement, schemaOfName } from './form/read-by.ts'
import { dateIn } from './form/text-forms.ts'
import type { Bounds, Holder, Item, Shown } from './outline.ts'

/**
 * What is shown of a value as JSON can hold it, which `readInput` makes the value of again. Plain objects and arrays are themselves;
 * everything else says in members that begin with `$` what it is (see docs/cli.md), but for a date and a bigint where the schema expects
 * one, which are texts. What is hidden, cut, or of a class that does not travel says so in such a member, too, and is refused when it is
 * given back.
 */
export function printJson(shown: Shown, bounds: Bounds, schema: $ZodType | undefined): unknown {
  return new Printer(bounds).print(shown, schema)
}

class Printer {
  readonly #bounds: Bounds

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  print(shown: Shown, declared: $ZodType | null | undefined): unknown {
    const schema = declared ? readBy(declared) : undefined
    switch (shown.kind) {
      case 'leaf':
        return leafBy(schema, shown.json)
      case 'hidden':
        return { $hidden: true }
      case 'cut':
        return { $cut: shown.label }
      case 'ref':
        return { $ref: shown.to.number }
      case 'holder':
        return this.#holder(shown, schema)
    }
  }

  #holder({ anatomy, items, more, number, message }: Holder, declared: $ZodType | undefined): unknown {
    const { kind, made, model } = anatomy
    // An instance is read by its model, and what stands where something else is expected, by what it says of itself.
    const schema = model ? readBy(model.fields) : kind === 'error' ? undefined : declared
    const { def }: Partial<$ZodTypes['_zod']> = schema ? (schema as $ZodTypes)._zod : {}
    const rest = more > 0 ? { $more: more } : {}
    const head = { ...(number !== undefined && { $id: number }), ...made }
    if (kind === 'array' || kind === 'map' || kind === 'set') {
      const list = items.map((item, index) => {
        if (kind === 'array') return this.print(item.value, schema && schemaOfElement(schema, index))
        if (kind === 'set') return this.print(item.value, def?.type === 'set' ? def.valueType : undefined)
        const [key, value] = def?.type === 'map' ? [def.keyType, def.valueType] : []
        return [item.key && this.print(item.key, key), this.print(item.value, value)]
      })
      if (more > 0) list.push(rest)
      return kind === 'array' && Object.keys(head).length === 0 ? list : { ...head, [`$${kind}`]: list }
    }
    const printed: Record<string, unknown> = message === undefined ? head : { ...head, $message: message.json }
    const [first] = items
    if (first?.at === 'fields') printed['$fields'] = this.print(first.value, model?.fields)
    for (const [at, item] of items.entries()) {
      if (item.at === 'fields') continue
      // Defined, since it may be called `__proto__`.
      Object.defineProperty(printed, this.#nameOf(item, at), {
        value: this.print(item.value, schema && item.name !== undefined ? schemaOfName(schema, item.name) : undefined),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
    return { ...printed, ...rest }
  }

  #nameOf({ name, unseen }: Item, at: number): string {
    if (name === undefined) return standInName('hidden', at)
    if (name.length > this.#bounds.maxString) return standInName('cut', at)
    return unseen ? `$${name}` : escapeName(name)
  }
}

/** A date, or a bigint, as the text that is read as one where the schema expects it. */
function leafBy(schema: $ZodType | undefined, json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  const type = schema?._zod.def.type
  const { $date, $bigint }: { $date?: unknown; $bigint?: unknown } = json
  if (type === 'date' && dateIn($date)) return $date
  return type === 'bigint' && $bigint !== undefined ? $bigint : json
}
