/** What compilers make of `#private` members for targets that lack them, as far as a class's source shows it. */
declare function __privateAdd(of: object, member: WeakMap<object, unknown>, value?: unknown): void
declare function __classPrivateFieldGet(of: object, member: WeakMap<object, unknown>, kind: string): unknown
declare function _classPrivateFieldInitSpec(of: object, member: WeakMap<object, unknown>, value: unknown): void
declare function _class_private_field_init(of: object, member: WeakMap<object, unknown>, value: unknown): void

const _balance = new WeakMap<object, unknown>()

export const compiledAccount = class {
  get balance(): unknown {
    return __classPrivateFieldGet(this, _balance, 'f')
  }
}

export const compiledClasses: [compiler: string, compiled: new () => object][] = [
  ['TypeScript', compiledAccount],
  [
    'esbuild',
    class {
      constructor() {
        __privateAdd(this, _balance, 1)
      }
    },
  ],
  [
    'Babel',
    class {
      constructor() {
        _classPrivateFieldInitSpec(this, _balance, 1)
      }
    },
  ],
  [
    'swc',
    class {
      constructor() {
        _class_private_field_init(this, _balance, 1)
      }
    },
  ],
]
