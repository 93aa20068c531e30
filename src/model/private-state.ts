import { Script } from 'node:vm'
import { isNative, twinOf } from '../realm/built-in-of.ts'
import type { Class } from './model.ts'

/**
 * Why instances of a class may have state that no field holds, or undefined when they have none. An instance that was only allocated
 * lacks its `#private` members, so that its methods would throw one day in a handler. Nothing at run time shows them: the source
 * of the class and of its superclasses does.
 */
export function privateStateOf(modelClass: Class): string | undefined {
  for (let at: unknown = modelClass; isClass(at); at = Object.getPrototypeOf(at)) {
    // A built-in has none, and extends built-ins alone. What else is native may be a proxy of a class.
    if (isNative(at)) return twinOf(at.prototype) === undefined ? unreadable : undefined
    const found = stateIn(Function.prototype.toString.call(at))
    if (found !== undefined) return found
  }
  return undefined
}

function isClass(value: unknown): value is Class {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null
}

function stateIn(source: string): string | undefined {
  if (compiledMember.test(source)) return hasState
  if (source.startsWith('class')) return membersIn(source)
  return source.startsWith('function') ? undefined : unreadable
}

const hasState = 'it has #private state'
const unreadable = 'its source cannot be read, and may have #private state'

const given = String.raw`\(\s*(?:_assertThisInitialized\()?_?this\b`

/**
 * What compilers make of an instance's private members for older targets, as far as the class itself shows it: calls of helpers, and
 * the WeakMaps and WeakSets that TypeScript names after class and member. A minifier may rename them all, and then nothing shows.
 */
const compiledMember = new RegExp(
  [
    // esbuild, Babel and swc, whose imported helpers are called as `(0, _helper._)(this, …)` and `(0, _helper.default)(this, …)`.
    String.raw`(?<![\w$.])_+(?:class_?)?private\w*(?:\.(?:_|default)\))?${given}`,
    String.raw`\bbabelHelpers\.classPrivate\w*${given}`,
    // TypeScript, also from tslib.
    String.raw`\b__classPrivateField\w*${given}`,
    String.raw`(?<![\w$.])_[A-Za-z$][\w$]*_\w+\.(?:set|add)${given}`,
  ].join('|'),
  'i',
)

const privateNames = /#(?:[\p{ID_Start}$_]|\\u[\da-f{}]+)(?:[\p{ID_Continue}$\u200c\u200d]|\\u[\da-f{}]+)*/giu

/**
 * Only a JavaScript parser tells a private member from its name in a string, a comment, a template or a regular expression, so the
 * engine's own is asked. The source is compiled, never run: where a class body declares `#name` already, it cannot declare it once more.
 */
function membersIn(source: string): string | undefined {
  const names = [...new Set(source.match(privateNames))].filter((name) => name !== '#constructor')
  if (names.length === 0) return undefined
  // No class but a module's own can read import.meta, and a script cannot even name it.
  const readable = source.replace(/\bimport\s*\.\s*meta\b/g, 'importMeta')
  if (!compiles(readable, names)) return unreadable
  if (compiles(withMembers(readable, names), names)) return undefined
  return names.some((name) => declaresForInstances(readable, name, names)) ? hasState : undefined
}

function declaresForInstances(source: string, name: string, names: readonly string[]): boolean {
  if (compiles(withMembers(source, [name]), names)) return false
  // Static members belong to the class, which is not stored. A name is declared once, so without the static one it is free.
  const end = '(?![\\p{ID_Continue}$\\u200c\\u200d\\\\])'
  const declaration = new RegExp(
    `\\bstatic\\b(?<between>\\s*(?:(?:async|get|set)\\b\\s*)?(?:\\*\\s*)?)${name.replace(/[\\${}]/g, '\\$&')}${end}`,
    'gu',
  )
  const free = source.replace(declaration, (found: string, between: string, at: number) =>
    isModifier(source, at, names) ? `static${between}was_static` : found,
  )
  return !compiles(withMembers(free, [name]), names)
}

/**
 * Whether the `static` at a place of the source is a modifier. Where it is text (a comment, a string, a template, a regular expression), a `#` may
 * stand there as well; where it is the name of a property, no static block may.
 */
function isModifier(source: string, at: number, names: readonly string[]): boolean {
  const withInstead = (text: string) => source.slice(0, at) + text + source.slice(at + 'static'.length)
  return !compiles(withInstead('#'), names) && compiles(withInstead('static {} static'), names)
}

/** The source of a class with more members, behind all that it has. */
function withMembers(source: string, names: readonly string[]): string {
  return `${source.slice(0, source.lastIndexOf('}'))};${names.map((name) => `${name};`).join('')}}`
}

/** Whether a class compiles, within another that lends it the private names which it may take from where it was written. */
function compiles(source: string, lent: readonly string[]): boolean {
  try {
    new Script(`(class { ${lent.map((name) => `${name};`).join('')} static { async () => (${source}) } })`)
    return true
  } catch {
    return false
  }
}
