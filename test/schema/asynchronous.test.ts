import { createRequire } from 'node:module'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z as ours } from 'zod'
import { createValidator } from '../../src/schema/validate.ts'
import { failure, rejected } from './rejected.ts'

type Zod = typeof ours

/** The CommonJS build: a CommonJS app has it beside the build that brinemq imports. */
const { z: theirs }: { z: Zod } = createRequire(import.meta.url)('zod')
const copies: [string, Zod][] = [
  ['our copy of zod', ours],
  ['another copy of zod', theirs],
]

const late = async (value: string) => value !== ''
const rejects = async (): Promise<never> => {
  throw new Error('secret')
}

const schemas: Record<string, (z: Zod, ask: (value: string) => Promise<unknown>) => ours.ZodType> = {
  'a check': (z, ask) => z.string().refine(ask),
  'two checks': (z, ask) => z.string().refine(ask).refine(ask),
  'a check of a property': (z, ask) => z.object({ a: z.string().refine(ask) }),
  'a check that sees issues': (z, ask) => z.string().check(async ({ value }) => void (await ask(value))),
  'a custom schema': (z, ask) => z.array(z.custom<string>((value) => ask(String(value)))),
  'a transform': (z, ask) => z.string().transform(ask),
  'a transform of a property': (z, ask) => z.object({ a: z.string().transform(ask) }),
  'a transform in a list': (z, ask) => z.object({ a: z.array(z.string().transform(ask)) }),
  'a codec': (z, ask) =>
    z.object({
      a: z.codec(z.string(), z.unknown(), {
        decode: ask,
        encode: () => {
          throw new Error('not used')
        },
      }),
    }),
  'an alternative': (z, ask) => z.union([z.number(), z.string().transform(ask)]),
  'both sides of an intersection': (z, ask) =>
    z.intersection(z.object({ a: z.string().refine(ask) }), z.object({ b: z.string().refine(ask) })),
  'a check that a check looks into': (z, ask) =>
    z.object({ a: z.string() }).check(z.property('a', z.string().refine(ask))),
  'a promise that is checked': (z, ask) =>
    z.object({ a: z.promise(z.string()).refine(async (text) => ask(String(await text))) }),
  'a schema that refers to itself': (z, ask) => {
    const tree = z.object({
      a: z.string().refine(ask),
      get next() {
        return tree.optional()
      },
    })
    return tree
  },
}
const values: Record<string, unknown> = {
  'a custom schema': ['x'],
  'a transform in a list': { a: ['x', 'y'] },
  'both sides of an intersection': { a: 'x', b: 'y' },
  'a promise that is checked': { a: Promise.resolve('x') },
}
const rows = copies.flatMap(([copy, z]) =>
  Object.entries(schemas).map(([name, schemaOf]) => {
    const isText = ['a check', 'two checks', 'a check that sees issues', 'a transform', 'an alternative'].includes(name)
    return [name, copy, z, schemaOf, values[name] ?? (isText ? 'x' : { a: 'x' })] as const
  }),
)

test.each(rows)('%s may be asynchronous, in %s', async (_name, _copy, z, schemaOf, value) => {
  const { readOutput } = createValidator(schemaOf(z, late))
  // The first attempt finds it out.
  for (const _attempt of [1, 2]) expect((await readOutput(value, failure)).value).toBeDefined()
})

test.each(rows)(
  '%s may reject, in %s, and no rejection is left unhandled',
  async (_name, _copy, z, schemaOf, value) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      const { readOutput, readOutputSync } = createValidator(schemaOf(z, rejects))
      for (const read of [readOutput, readOutputSync, readOutput]) {
        expect(await rejected(() => read(value, failure))).toMatchObject({ ...failure, path: '$' })
        await setImmediate()
      }
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(unhandled).toEqual([])
  },
)

test.each(copies)('no rejection is left unhandled beside a check that throws, in %s', async (_copy, z) => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  const throws = () => {
    throw new Error('secret')
  }
  try {
    const { readOutput } = createValidator(z.object({ a: z.string().refine(rejects), b: z.string().refine(throws) }))
    for (const _attempt of [1, 2]) {
      expect(await rejected(() => readOutput({ a: 'x', b: 'y' }, failure))).toMatchObject({
        ...failure,
        path: '$',
      })
      await setImmediate()
    }
  } finally {
    process.off('unhandledRejection', note)
  }
  expect(unhandled).toEqual([])
})

test.each(copies)('a cycle through a transform is named as such, in %s', async (_copy, z) => {
  const cyclic: ours.ZodType = z.object({
    get self(): ours.ZodType {
      return cyclic.transform((value) => ({ ...(value as object) }))
    },
  })
  const value: { self?: unknown } = {}
  value.self = value
  const { readOutputSync } = createValidator(cyclic)
  // Any other error that zod throws would be its cause.
  const error = await rejected(() => readOutputSync(value, failure))
  expect(error).toMatchObject(failure)
  expect(error).not.toHaveProperty('cause')
})
