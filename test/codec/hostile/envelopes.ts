import type { BrineErrorCode } from '../../../src/errors.ts'
import type { Hostile } from './hostile.ts'
import { envelope } from './hostile.ts'

const whole = (code: BrineErrorCode, texts: readonly string[]): Hostile[] =>
  texts.map((text) => ({ name: text.length > 100 ? `${text.slice(0, 100)}…` : text, text, code }))

const good = envelope('[1]')

/** Whole texts that are no envelope for this place. */
export const envelopes = [
  ...whole('TEXT_INVALID', [
    ...['', ' ', 'x', 'null', '1', '"x"', '[]', '{}', 'undefined', '[1]', '{"body":[1]}', 'NaN', "{'brine':1}"],
    ...[good.slice(0, -1), `${good}x`, `${good}${good}`, `\ufeff${good}`, `(${good})`, good.slice(1)],
    ...[`[${good}]`, JSON.stringify(good), `{"data":${good}}`, '{"brine":1}', '[1,[2],3]'],
    good.replace('"body":[1]', '"body":[1'),
    good.replace('"kind":"value",', ''),
    good.replace('"kind":"value"', '"kind":"payload"'),
    good.replace('"kind":"value"', '"kind":"value","job":"greet"'),
    good.replace('"kind":"value"', '"kind":"value","job":"greet","version":1'),
    good.replace('"kind":"value"', '"kind":"value","version":1'),
    good.replace('"kind":"value"', '"kind":"Value"'),
    good.replace('"kind":"value"', '"kind":1'),
    good.replace('"brine":1', '"brine":"1"'),
    good.replace('"brine":1', '"brine":null'),
    good.replace('"brine":1,', ''),
    good.replace('"encoding":"devalue/6",', ''),
    good.replace('"encoding":"devalue/6"', '"encoding":6'),
    good.replace('"body":[1]', '"more":1,"body":[1]'),
    good.replace('"body":[1]', '"__proto__":{},"body":[1]'),
    good.replace('"body":[1]', '"seal":"x","body":[1]'),
    good.replace('"body":[1]', '"Body":[1]'),
    good.replace('"body":[1]', '"body":"[1]"'),
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    '['.repeat(200_000),
    '{"a":'.repeat(100_000),
  ]),
  ...whole('ENCODING_UNKNOWN', [
    good.replace('"brine":1', '"brine":2'),
    good.replace('"brine":1', '"brine":0'),
    good.replace('"brine":1', '"brine":1.5'),
    good.replace('devalue/6', 'devalue/7'),
    good.replace('devalue/6', 'json'),
    good.replace('devalue/6', ''),
  ]),
]
