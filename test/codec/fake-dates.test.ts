import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createCodec } from '../../src/codec/codec.ts'
import { defineModel } from '../../src/model/define-model.ts'
import { difference } from './difference.ts'

const codec = createCodec()

describe('Dates that fake timers made', () => {
  const Genuine = Date
  const at = new Date(86_400_000)
  const fakes: [name: string, fake: () => unknown][] = [
    ['useFakeTimers', () => vi.useFakeTimers({ now: at, toFake: ['Date'] })],
    ['setSystemTime alone', () => vi.setSystemTime(at)],
  ]

  test.each(fakes)('travel as real Dates: %s', (_, fake) => {
    onTestFinished(() => void vi.useRealTimers())
    fake()
    const made = new Date()
    expect(Object.getPrototypeOf(made)).not.toBe(Genuine.prototype)
    expect(codec.encode({ made })).toBe(codec.encode({ made: at }))
  })

  test('travel when the timers are real again, and are dates to a schema', () => {
    vi.useFakeTimers({ now: at, toFake: ['Date'] })
    const made = new Date()
    vi.useRealTimers()
    const model = defineModel(
      class Meeting {
        declare at: Date
      },
      { tag: 'meeting', fields: z.object({ at: z.date() }) },
    )
    const meeting = Object.assign(Object.create(model.class.prototype), { at: made })
    const models = createCodec({ models: [model] })
    const back = models.decode(models.encode(meeting), model.schema)
    expect(difference(at, back.at)).toBeUndefined()
  })

  test('are refused with what was added to them', () => {
    vi.useFakeTimers({ now: at, toFake: ['Date'] })
    const made = Object.assign(new Date(), { extra: 1 })
    vi.useRealTimers()
    expect(() => codec.encode(made)).toThrow(expect.objectContaining({ code: 'EXTRA_PROPERTY', path: '$.extra' }))
  })
})
