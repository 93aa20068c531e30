import type { Shape } from './shape.ts'

// One of each format that zod names; of those that are missing no text can be made up.
const texts: Readonly<Record<string, string>> = {
  email: 'john@example.com',
  url: 'https://example.com/a',
  uuid: '0b5a1c9e-6f1d-4b7a-9c3e-2d8f4a6b1c0d',
  guid: '0b5a1c9e-6f1d-4b7a-9c3e-2d8f4a6b1c0d',
  nanoid: 'V1StGXR8_Z5jdHi6B-myT',
  cuid: 'cjld2cjxh0000qzrmn831i7rn',
  cuid2: 'tz4a98xxat96iws9zmbrgj3a',
  ulid: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  cidrv4: '192.0.2.0/24',
  cidrv6: '2001:db8::/32',
  base64: 'SGVsbG8=',
  base64url: 'SGVsbG8',
  e164: '+491701234567',
  emoji: '🙂',
  datetime: '2026-01-02T03:04:05.678Z',
  date: '2026-01-02',
  time: '03:04:05',
  duration: 'P1DT2H',
  lowercase: 'sample',
  uppercase: 'SAMPLE',
}
const plain = 'sample'

/** A text of the formats and lengths that a schema asks for, as far as one can be made up. */
export function sampleText({ formats = [], min = 0, max = Number.POSITIVE_INFINITY }: Partial<Shape>): string {
  const known = formats.flatMap((format) => texts[format.split(' ')[0] ?? ''] ?? []).at(0)
  if (known !== undefined) return known
  // Where it says how it begins or ends, that may do.
  const stated = formats.flatMap(
    (format) => /^(?:starts_with|ends_with|includes) \/\^?(?:\.\*)?([\w -]+)/.exec(format)?.[1] ?? [],
  )
  const text = stated.at(0) ?? plain
  return text.padEnd(Number(min), 'x').slice(0, Number(max))
}

/** A number within the bounds that a schema asks for, and a whole one where there is one. */
export function sampleNumber({ min, max, above, below, multipleOf }: Partial<Shape>): number {
  const step = multipleOf === undefined ? 1 : Number(multipleOf)
  const lowest = Math.max(Number(min ?? Number.NEGATIVE_INFINITY), Number(above ?? Number.NEGATIVE_INFINITY))
  const highest = Math.min(Number(max ?? Number.POSITIVE_INFINITY), Number(below ?? Number.POSITIVE_INFINITY))
  const fits = (value: number) =>
    value >= lowest &&
    value <= highest &&
    value !== Number(above ?? Number.NaN) &&
    value !== Number(below ?? Number.NaN)
  const candidates = [42, 1, 0].map((value) => Math.round(value / step) * step)
  if (Number.isFinite(lowest)) candidates.push(Math.ceil(lowest / step) * step, (Math.floor(lowest / step) + 1) * step)
  if (Number.isFinite(highest))
    candidates.push(Math.floor(highest / step) * step, (Math.ceil(highest / step) - 1) * step)
  candidates.push((lowest + highest) / 2)
  return candidates.find(fits) ?? 0
}

/** How many elements: at least as many as the schema asks for. */
export function sizeOf({ min = 0, max = Number.POSITIVE_INFINITY }: Partial<Shape>, wanted: number): number {
  return Math.min(Math.max(Number(min), wanted), Number(max), 100)
}
