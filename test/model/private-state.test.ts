import { runInThisContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineModel } from '../../src/model/define-model.ts'
import type { Class } from '../../src/model/model.ts'
import { inAnotherRealm } from '../realm/another-realm.ts'

const fields = z.object({})
const define = (made: unknown) => defineModel(made as Class, { tag: 'made', fields })
const evaluated = (source: string): unknown => runInThisContext(`(${source})`)
const refusal = expect.objectContaining({ code: 'MODEL_INVALID' })

/** Members that a reader of source may stumble over, none of which is private. */
const noise = [
  'quote(n) { return n.replace(/`/g, "") }',
  'single(n) { return n.replace(/\'/g, "") }',
  'double(n) { return n.split(/"/) }',
  'slashes(n) { return n.split(/[/]\\/[//]/) }',
  'comment(n) { return /\\/*/.test(n) }',
  'division(a, b) { return a++ / b / (a) / [b][0] / 2 }',
  'afterHeader(a) { if (a) /"/.test(a); while (!a) /`/.exec(a); for (const _ of []) /\'/.test(a) }',
  'afterBlock(a) { {} /"/.test(a); return { a } / 2 }',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
  'template(a) { return `${`${a}/*`} // " ${a ? `\'` : "`"}` }',
  "text = '#secret = 1;'",
  'text = "; #secret = 1"',
  'text = `\n#secret = 1;\n`',
  'pattern = /[;]#secret = 1;/',
  'pattern = /; #secret\\(\\) {/',
  '// #secret = 1;',
  '/* ;#secret = 1; */',
  'static #shared = 1',
  'static#made=0',
  'static get #count() { return 1 }; static set #count(value) {}',
  'static async *#stream() { yield A.#shared }; static #shared = "#secret"',
  'static #counted = 0; static { this.#counted = 1 }',
  'static = 1',
  'static\n#shared = 1',
  'static; static #shared = /static #shared/',
  'static static = 1; static #shared = `static #shared`',
  "'#secret' = 1",
  '["#secret"] = 1',
  'nested() { return class { #secret = 1; get it() { return this.#secret } } }',
  'colour = "#abcdef"',
  'privateThing() { return this._privateThing(this) } _privateThing(it) { return it }',
  'register() { this._my_set.add(this); registry.add(this); cache.get(this) }',
  'async later() { await import("node:fs") }',
]

const members = [
  '#secret = 3',
  '#secret',
  ';#secret;',
  '#secret() { return 1 }',
  'get #secret() { return 1 }',
  'set #secret(value) {}',
  'async #secret() {}',
  '*#secret() {}',
  'async *#secret() {}',
  'async*#secret(){}',
  '/* " */ #secret /* ` */ = 1',
  '#\\u0073ecret = 1',
  '#geheimnisß = 1',
  '#$_ = 1',
]

/** Texts that end in the word `static`, before which or behind which a member that is none stands. */
const wordsBefore = [
  '// not static\n',
  '/* static\n*/',
  "text = 'static\\\n#other'; // is static\n",
  'text = `static\n`;',
  'pattern = /static/\n',
  'taken = this.static\n',
  'static static\n',
  'it = A?.static\n',
  'get static() { return 1 } // static\n',
  'static static; // static\n',
]

describe('a class that declares a #private member is refused', () => {
  test.each(wordsBefore)('behind the word static: %s', (before) => {
    for (const member of ['#bal = 1', '#bal', 'async #bal() {}', 'get #bal() { return 1 }']) {
      expect(() => define(evaluated(`class A { ${before}${member}\n }`)), member).toThrow(refusal)
      expect(() => define(evaluated(`class A { ${before}${member}\n;static #other = 1; b = "static #bal" }`))).toThrow(
        refusal,
      )
    }
  })

  test.each(members)('%s', (member) => {
    expect(() => define(evaluated(`class A { ${member} }`))).toThrow(refusal)
    expect(() => define(evaluated(`class A extends (class { ${member}\n }) {}`))).toThrow(refusal)
    expect(() => define(inAnotherRealm(`class A { ${member} }`))).toThrow(refusal)
  })

  test.each(noise)('also behind and before: %s', (member) => {
    expect(() => define(evaluated(`class A { ${member}\n#secret = 1 }`))).toThrow(refusal)
    expect(() => define(evaluated(`class A { #secret = 1\n;${member}\n }`))).toThrow(refusal)
  })

  test('within a class whose own private names it takes', () => {
    const made = evaluated(
      'class Outer { #of = 1; static A = class { #secret = 1; peek(other) { return other.#of } } }',
    )
    expect(() => define((made as { A: unknown }).A)).toThrow(refusal)
  })
})

describe('a class without one is taken', () => {
  test.each(noise)('%s', (member) => {
    expect(define(evaluated(`class A { ${member}\n }`)).tag).toBe('made')
  })

  test('that takes a private name of the class around it', () => {
    const made = evaluated('class Outer { #of = 1; static A = class { peek(other) { return other.#of } } }')
    expect(define((made as { A: unknown }).A).tag).toBe('made')
  })

  test('of a module, that names where it is', () => {
    class Located {
      colour = '#abc'
      folder() {
        return import.meta.dirname
      }
    }
    expect(define(Located).tag).toBe('made')
  })

  test('that is a function, as older compilers make them', () => {
    expect(define(evaluated('function A() { this.colour = "#abc" }')).tag).toBe('made')
  })
})

test('whatever stands around it, a #private member is found, and found nowhere else', () => {
  const others = noise.filter((member) => !member.startsWith('static'))
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...others), { maxLength: 6 }),
      fc.option(fc.constantFrom(...members)),
      fc.array(fc.constantFrom(...others), { maxLength: 6 }),
      (before, member, after) => {
        const made = evaluated(
          `class A { ${[...before, ...(member === null ? [] : [member]), ...after].join('\n;')}\n }`,
        )
        if (member === null) expect(define(made).tag).toBe('made')
        else expect(() => define(made)).toThrow(refusal)
      },
    ),
  )
})

// What TypeScript, esbuild, Babel and swc made of `class A { #secret = 1; #run() {} }`.
const compiled = [
  'class A { constructor() { _A_instances.add(this); _A_secret.set(this, 1) } }',
  'class A { get it() { return __classPrivateFieldGet(this, _A_secret, "f") } }',
  'class A { get it() { return tslib_1.__classPrivateFieldGet(this, _A_secret, "f") } }',
  'function A() { _A_secret.set(this, 1) }',
  'class A { constructor() { __privateAdd(this, _secret, 1) } }',
  'class A { constructor() { __privateAdd2(this, _A_instances) } }',
  'class A { constructor() { _classPrivateFieldInitSpec(this, _secret, 1) } }',
  'class A { constructor() { _classPrivateMethodInitSpec(this, _A_brand) } }',
  'class A extends B { constructor() { super(); _classPrivateFieldInitSpec(_assertThisInitialized(_this), _secret, 1) } }',
  'function A() { _classCallCheck(this, A); _classPrivateFieldInitSpec(this, _secret, 1) }',
  'class A { constructor() { (0, _classPrivateFieldInitSpec2.default)(this, _secret, 1) } }',
  'class A { constructor() { babelHelpers.classPrivateFieldInitSpec(this, _secret, 1) } }',
  'class A { constructor() { _class_private_field_init(this, _secret, { writable: true, value: 1 }) } }',
  'class A { constructor() { (0, _class_private_method_init._)(this, _run) } }',
]

test.each(compiled)('what a compiler made of one is refused: %s', (source) => {
  const made = evaluated(source.startsWith('function') ? source : `(() => { class B {} return ${source} })()`)
  expect(() => define(made)).toThrow(refusal)
})

test('a class whose source is hidden is refused, for it may have one, unless its model says how it comes back', () => {
  class Shown {}
  const hidden = new Proxy(Shown, {})
  expect(() => define(hidden)).toThrow(refusal)
  expect(defineModel(hidden, { tag: 'made', fields, decode: () => new Shown() }).tag).toBe('made')
})
