// Compiled, never run: what must compile does, and what must not is expected not to.
import { createCodec, createFiles, createStore, defineQueue, type Keys, newKey } from 'brinemq'
import { z } from 'zod'

const jobs = { greet: { payload: z.string() } }
const bytes = new Uint8Array(32)

export function takes(variable: string | undefined, keys: Keys) {
  // What an environment may lack compiles, and is refused when it runs.
  defineQueue('queue', { keys: process.env['BRINE_KEYS'], jobs })
  defineQueue('queue', { keys: variable, compress: { aboveBytes: 10_000 }, jobs })
  defineQueue('queue', { keys: { mode: 'encrypt', active: 'k1', secrets: { k1: bytes, k2: 'text' } }, jobs })
  createCodec({ keys: newKey({ mode: 'encrypt' }) })
  createStore({ keys, compress: { aboveBytes: 1 } })
  createFiles({ keys: { secrets: variable, accept: 'unsealed', acceptUntil: new Date(0) } })
  createCodec({ keys: { secrets: { k1: bytes }, accept: ['sign', 'unsealed'], clock: () => new Date(0) } })
}

export function refuses() {
  // @ts-expect-error a mode that there is not
  createCodec({ keys: { mode: 'none', secrets: { k1: bytes } } })
  // @ts-expect-error no secrets
  createCodec({ keys: { mode: 'sign' } })
  // @ts-expect-error a key that is neither bytes nor text
  createCodec({ keys: { secrets: { k1: 7 } } })
  // @ts-expect-error what cannot be accepted
  createCodec({ keys: { secrets: { k1: bytes }, accept: 'json' } })
  // @ts-expect-error a moment that is no date
  createCodec({ keys: { secrets: { k1: bytes }, accept: 'unsealed', acceptUntil: '2027' } })
  // @ts-expect-error an option that is none
  createCodec({ compress: { above: 1 } })
}
