import type { Shape } from './shape.ts'

const mostNamed = 6

/** A shape in words, for people: `date`, `array of string`, `one of "a", "b"`. */
export function nameOfShape(shape: Shape): string {
  const { type, value, values = [], options = [], model, class: className } = shape
  switch (type) {
    case 'model':
      return `an instance of '${model}'`
    case 'class':
      return `an instance of the class ${className}`
    case 'array':
    case 'set':
      return value && isShort(value) ? `${type} of ${nameOfShape(value)}` : type
    case 'enum':
    case 'literal':
      return values.length === 1 ? `${values[0]}` : `one of ${cut(values).join(', ')}`
    case 'union':
      return cut(options.map(nameOfShape)).join(' or ')
    case 'ref':
      return 'the same as above'
    default:
      return type
  }
}

function isShort({ type }: Shape): boolean {
  return type !== 'array' && type !== 'set' && type !== 'union'
}

function cut(names: readonly string[]): string[] {
  return names.length > mostNamed ? [...names.slice(0, mostNamed), '…'] : [...names]
}
