import { bodies } from './hostile.ts'

/** Tags that no model has, some of which mean something elsewhere. */
export const unknownTags = [
  ...bodies('TAG_UNKNOWN', [
    ...[
      '[["nobody@1",1],{}]',
      '[["person",1],{}]',
      '[["person@",1],{}]',
      '[["person@0",1],{}]',
      '[["person@01",1],{}]',
      '[["person@1.0",1],{}]',
    ],
    ...[
      '[["person@-1",1],{}]',
      '[["person@1@1",1],{}]',
      '[["@1",1],{}]',
      '[["Person@1",1],{}]',
      '[["person@1 ",1],{}]',
      '[["",1],{}]',
    ],
    ...[
      '[["toString@1",1],{}]',
      '[["constructor@1",1],{}]',
      '[["__proto__@1",1],{}]',
      '[["__proto__",1],{}]',
      '[["Error@1",1],{}]',
      '[["Date@1",1],{}]',
    ],
    ...[
      '[["Array",1],{}]',
      '[["Function",1],"alert(1)"]',
      '[["Symbol",1],"x"]',
      '[["Promise",1],{}]',
      '[["undefined",1],{}]',
      '[["eval",1],"1"]',
    ],
    ...[
      '[["Temporal.Instant",1],"x"]',
      '[["Float16Array",1],["ArrayBuffer",""]]',
      '[["SharedArrayBuffer",1],"AAAA"]',
      '[["date",1],""]',
      '[["MAP",1],{}]',
    ],
    ...['[["person@9999999999",1],{}]', '[["Uint8array",1],["ArrayBuffer",""]]', '[["hasOwnProperty@1",1],{}]'],
  ]),
]
