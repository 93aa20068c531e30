import { escapeName, standInName } from '../form/names.ts'
import type { Bounds, Holder, Item, Shown } from './outline.ts'

/**
 * What is shown of a value as JSON can hold it, which `readInput` makes the value of again. Plain objects and arrays are themselves;
 * everything else says in members that begin with `$` what it is (see docs/cli.md). What is hidden, cut, or of a class that does
 * not travel says so in such a member, too, and is refused when it is given back.
 */
export function printJson(shown: Shown, bounds: Bounds): unknown {
  return new Printer(bounds).print(shown)
}

class Printer {
  readonly #bounds: Bounds

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  print(shown: Shown): unknown {
    switch (shown.kind) {
      case 'leaf':
        return shown.json
      case 'hidden':
        return { $hidden: true }
      case 'cut':
        return { $cut: shown.label }
      case 'ref':
        return { $ref: shown.to.number }
      case 'holder':
        return this.#holder(shown)
    }
  }

  #holder({ anatomy, items, more, number, message }: Holder): unknown {
    const { kind, made } = anatomy
    const rest = more > 0 ? { $more: more } : {}
    const head = { ...(number !== undefined && { $id: number }), ...made }
    if (kind === 'array' || kind === 'map' || kind === 'set') {
      const list = items.map((item) =>
        kind === 'map' ? [this.#key(item), this.print(item.value)] : this.print(item.value),
      )
      if (more > 0) list.push(rest)
      return kind === 'array' && Object.keys(head).length === 0 ? list : { ...head, [`$${kind}`]: list }
    }
    const printed: Record<string, unknown> = message === undefined ? head : { ...head, $message: message.json }
    const [first] = items
    if (first?.at === 'fields') return { ...printed, $fields: this.print(first.value) }
    for (const [at, item] of items.entries()) {
      // Defined, since it may be called `__proto__`.
      Object.defineProperty(printed, this.#nameOf(item, at), {
        value: this.print(item.value),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
    return { ...printed, ...rest }
  }

  #key({ key }: Item): unknown {
    return key && this.print(key)
  }

  #nameOf({ name, unseen }: Item, at: number): string {
    if (name === undefined) return standInName('hidden', at + 1)
    if (name.length > this.#bounds.maxString) return standInName('cut', at + 1)
    return unseen ? `$${name}` : escapeName(name)
  }
}
