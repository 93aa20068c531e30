import { describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'

const codec = createCodec()

describe('buffers that may be resized', () => {
  const resizable = (length: number): ArrayBuffer => Reflect.construct(ArrayBuffer, [length, { maxByteLength: 9000 }])
  const filled = (length: number): ArrayBuffer => {
    const buffer = resizable(length)
    new Uint8Array(buffer).fill(7)
    return buffer
  }

  test.each([3, 2000])(
    'travel as the %i bytes that they have now, and so do views that track their length',
    (length) => {
      const buffer = filled(length)
      const value = {
        buffer,
        all: new Uint8Array(buffer),
        rest: new Uint8Array(buffer, 1),
        view: new DataView(buffer, 2),
      }
      const back = codec.decode(codec.encode(value)) as typeof value
      expect(Reflect.get(back.buffer, 'resizable')).toBe(false)
      expect(back.buffer.byteLength).toBe(length)
      expect(back.all.buffer).toBe(back.buffer)
      expect([...back.rest]).toEqual([...value.rest])
      expect(back.view.byteLength).toBe(length - 2)
    },
  )

  test('travel with the bytes that are left when they shrank', () => {
    const buffer = filled(8)
    const value = { all: new Uint8Array(buffer), rest: new Uint8Array(buffer, 2) }
    Reflect.apply(Reflect.get(buffer, 'resize'), buffer, [4])
    expect(codec.decode(codec.encode(value))).toEqual({
      all: new Uint8Array(4).fill(7),
      rest: new Uint8Array(2).fill(7),
    })
  })

  test('are refused with what was added to them', () => {
    for (const value of [filled(3), new Uint8Array(filled(3)), new Uint8Array(filled(4000))]) {
      expect(() => codec.encode(Object.assign(value, { extra: 1 }))).toThrow(
        expect.objectContaining({ code: 'EXTRA_PROPERTY' }),
      )
    }
  })
})
