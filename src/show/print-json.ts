import type { Holder, Item, Shown } from './outline.ts'

/**
 * What is shown of a value as JSON can hold it. Plain objects and arrays are themselves; everything else says in a member that begins
 * with `$` what it is: `$class`, `$map`, `$set`, `$ref` (the path at which the object stands), `$cut`, `$more`. Names of the value's
 * own that begin with `$` get another.
 */
export function printJson(shown: Shown): unknown {
  switch (shown.kind) {
    case 'leaf':
      return shown.json
    case 'hidden':
      return '[hidden]'
    case 'cut':
      return { $cut: shown.label }
    case 'ref':
      return { $ref: shown.to.path }
    case 'holder':
      return printHolder(shown)
  }
}

function printHolder(holder: Holder): unknown {
  const { anatomy, items, more } = holder
  const { kind, label, message } = anatomy
  const rest = more > 0 ? [{ $more: more }] : []
  if (kind === 'array' && label === '') return [...items.map(shownValue), ...rest]
  if (kind === 'array') return { $class: label, $list: [...items.map(shownValue), ...rest] }
  if (kind === 'map') return { ...classOf(label, 'Map'), $map: [...items.map(entryOf), ...rest] }
  if (kind === 'set') return { ...classOf(label, 'Set'), $set: [...items.map(shownValue), ...rest] }
  const printed: Record<string, unknown> = label === '' ? {} : { $class: label }
  if (message !== undefined) printed['$message'] = message
  const [first] = items
  if (first?.at === 'fields') return { ...printed, $fields: shownValue(first) }
  let unnamed = 0
  for (const item of items) {
    unnamed += item.name === undefined ? 1 : 0
    const name = item.name === undefined ? `[hidden ${unnamed}]` : item.name.replace(/^\$/, '$$$$')
    // Defined, since it may be called `__proto__`.
    Object.defineProperty(printed, name, {
      value: shownValue(item),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return more > 0 ? { ...printed, $more: more } : printed
}

function shownValue({ value }: Item): unknown {
  return printJson(value)
}

function entryOf({ key, value }: Item): unknown[] {
  return [key && printJson(key), printJson(value)]
}

// `Map(2)` says nothing that its entries do not.
function classOf(label: string, plain: string): { $class?: string } {
  const [name = ''] = label.split('(')
  return name === plain ? {} : { $class: name }
}
