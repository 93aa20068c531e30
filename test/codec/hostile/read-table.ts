import { inspect } from 'node:util'
import { createCodec } from '../../../src/codec/codec.ts'
import { writeHead } from '../../../src/codec/envelope.ts'
import { createEnvelopeCodec } from '../../../src/codec/envelope-codec.ts'
import { BrineError } from '../../../src/errors.ts'
import { showJson, showText } from '../../../src/notation/show.ts'
import { createValidator, type Validator } from '../../../src/schema/validate.ts'
import { defineKeys } from '../../../src/seal/define-keys.ts'
import { createSealer } from '../../../src/seal/sealer.ts'
import { type Hostile, secret } from './hostile.ts'
import { type SchemaName, schemas } from './schemas.ts'
import { hostileModels, table } from './table.ts'

/** How a row was read, as the process that read it tells. */
export interface Reading {
  code: string | undefined
  path: string | undefined
  /** Whether anything that a log might hold of the refusal tells a value. */
  tells: boolean
}

/** Who wrote the row: nobody with a key, somebody who lies within a seal, somebody without a key where one is asked for. */
export const writers = ['unsealed', 'signed', 'encrypted', 'forged'] as const

export type Writer = (typeof writers)[number]

const keyring = (mode: 'sign' | 'encrypt') => defineKeys({ mode, secrets: { k1: new Uint8Array(32).fill(7) } })
const site = { purpose: 'codec', prefix: '', queue: '' } as const
const place = { kind: 'value' } as const
const sealers = {
  signed: createSealer({ keyring: keyring('sign'), site }),
  encrypted: createSealer({ keyring: keyring('encrypt'), site }),
}
const readers = {
  unsealed: createEnvelopeCodec({ models: hostileModels }),
  signed: createEnvelopeCodec({ models: hostileModels, keys: keyring('sign') }, site),
  encrypted: createEnvelopeCodec({ models: hostileModels, keys: keyring('encrypt') }, site),
  forged: createEnvelopeCodec({ models: hostileModels, keys: keyring('sign') }, site),
}
const validators = new Map<SchemaName, Validator>()

function read(text: string, writer: Writer, as: SchemaName | undefined): unknown {
  const { value } = readers[writer].decode(text, place)
  if (as === undefined) return value
  const validator = validators.get(as) ?? createValidator(schemas[as])
  validators.set(as, validator)
  return validator.readOutputSync(value, { code: 'VALUE_INVALID' }).value
}

function textOf({ text, body = '', encoding }: Hostile, writer: Writer): string {
  if (writer === 'unsealed' || writer === 'forged') return text
  return sealers[writer].seal(writeHead(place, encoding === undefined ? {} : { encoding }), body, place)
}

function readRow(row: Hostile, writer: Writer): Reading {
  const text = textOf(row, writer)
  try {
    again(read(text, writer, row.as))
    return { code: undefined, path: undefined, tells: false }
  } catch (error) {
    if (!(error instanceof BrineError)) return { code: `not ours: ${inspect(error)}`, path: undefined, tells: true }
    return { code: error.code, path: error.path, tells: shown(error).includes(secret) }
  }
}

const codec = createCodec({ models: hostileModels })

/** What was read can be written, or is refused in our words; and be looked at, wherever somebody prints it. */
function again(value: unknown): void {
  showText(value, { models: hostileModels })
  showJson(value)
  try {
    codec.encode(value)
  } catch (error) {
    if (!(error instanceof BrineError)) throw error
  }
}

/** Everything that a log may hold of an error: its message, stack, causes and fields. */
function shown(error: BrineError): string {
  return [error.message, error.stack, JSON.stringify(error), inspect(error, { depth: 10, showHidden: true })].join()
}

// The rows that were not written with the secret: it takes the place of their texts.
const planted = (text: string) =>
  text.includes('"null"') ? text : text.replaceAll(/"(?:x|John|k)"(?!:)/g, JSON.stringify(secret))

/** A row, and who wrote it. */
export interface Written {
  row: Hostile
  writer: Writer
}

/** Every row, by every writer that can write it. */
export function allWritten(): readonly Written[] {
  return writers.flatMap((writer) =>
    Object.values(table)
      .flat()
      .filter(({ body }) => body !== undefined || writer === 'unsealed' || writer === 'forged')
      .map((row) => ({ row, writer })),
  )
}

/** Reads all from `from` on, and says before each which it is, so that whoever waits knows where it ended. */
function readAll(from: number, say: (line: object) => void): void {
  for (const [at, { row, writer }] of allWritten().entries()) {
    if (at < from) continue
    say({ at })
    const reading = readRow(row, writer)
    const secretly = writer === 'unsealed' ? readRow({ ...row, text: planted(row.text) }, writer) : reading
    say({ at, reading: { ...reading, tells: reading.tells || secretly.tells } })
  }
}

if (process.send) readAll(Number(process.argv[2]), (line) => process.send?.(line))
