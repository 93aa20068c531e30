/**
 * What stands where in a body of `fields/1`: the writer's types, by which any reader can take the values apart, whatever its
 * own schemas have become since. docs/wire.md has the grammar.
 */
export type Layout =
  | { readonly kind: 'plain' | 'bigint' | 'date' }
  | { readonly kind: 'list' | 'set' | 'nullable' | 'dictionary'; readonly of: Layout }
  | { readonly kind: 'map'; readonly key: Layout; readonly value: Layout }
  | { readonly kind: 'tuple' | 'either'; readonly of: readonly Layout[] }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'model'; readonly tag: string }

/** What the envelope calls this encoding. A new form of it gets a new name; this one stays readable. */
export const fieldsEncodingId = 'fields/1'

export interface Field {
  readonly name: string
  readonly optional: boolean
  readonly of: Layout
}

/** What is absent, there, and there as `undefined`, for what may be: written before the value, which only what is there has. */
export const ABSENT = 0
export const PRESENT = 1
export const UNDEFINED_THERE = 2

/** What a name may be in a layout: nothing that would have to be quoted, so that a layout is parted by its signs alone. */
export const layoutName = /^(?!__proto__$)[^\p{Cc}\p{Cs}\p{Z}\ufeff"\\:,;?()[\]{}<>|~=@*]{1,100}$/u

/** The text of a layout. `bodyOf` gives the layout of a model's fields, which is written where the tag first stands. */
export function printLayout(layout: Layout, bodyOf: (tag: string) => Layout): string {
  const printed = new Set<string>()
  const all = (layouts: readonly Layout[], sign: string) => layouts.map((one) => sign + print(one)).join('')
  function print(one: Layout): string {
    switch (one.kind) {
      case 'plain':
        return '*'
      case 'bigint':
        return 'n'
      case 'date':
        return 'd'
      case 'list':
        return `[${print(one.of)}]`
      case 'set':
        return `<${print(one.of)}>`
      case 'dictionary':
        return `{${print(one.of)}}`
      case 'nullable':
        return `~${print(one.of)}`
      case 'map':
        return `<${print(one.key)},${print(one.value)}>`
      case 'tuple':
        return `[${all(one.of, ';') || ';'}]`
      case 'either':
        return `(${all(one.of, '|')})`
      case 'object':
        return `(${one.fields.map(printField).join(',')})`
      case 'model': {
        if (printed.has(one.tag)) return one.tag
        printed.add(one.tag)
        const body = bodyOf(one.tag)
        return `${one.tag}${body.kind === 'object' ? '' : '='}${print(body)}`
      }
    }
  }
  function printField({ name, optional, of }: Field): string {
    return `${name}${optional ? '?' : ''}${of.kind === 'plain' ? '' : `:${print(of)}`}`
  }
  return print(layout)
}
