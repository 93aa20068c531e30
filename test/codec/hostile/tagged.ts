import { bodies } from './hostile.ts'

/** Tagged entries that a lenient reader takes for something. */
export const tagged = [
  ...bodies('TEXT_INVALID', [
    // Dates: a number, null or another way to write the same one.
    ...['[["Date"]]', '[["Date",null]]', '[["Date",0]]', '[["Date",1],"2026-11-22T00:00:00.000Z"]', '[["Date","x"]]'],
    ...[
      '[["Date","2026"]]',
      '[["Date","2026-11-22"]]',
      '[["Date","2026-11-22T00:00:00Z"]]',
      '[["Date",[]]]',
      '[["Date",{}]]',
    ],
    ...[
      '[["Date","2026-11-22T00:00:00.000+00:00"]]',
      '[["Date","2026-02-30T00:00:00.000Z"]]',
      '[["Date","Invalid Date"]]',
    ],
    ...[
      '[["Date","2026-11-22T00:00:00.000Z",1]]',
      '[["Date","",""]]',
      '[["Date"," "]]',
      '[["Date","+002026-11-22T00:00:00.000Z"]]',
    ],
    // Bigints.
    ...[
      '[["BigInt"]]',
      '[["BigInt",""]]',
      '[["BigInt"," 1"]]',
      '[["BigInt","1n"]]',
      '[["BigInt","0x10"]]',
      '[["BigInt","-0"]]',
    ],
    ...[
      '[["BigInt","01"]]',
      '[["BigInt","+1"]]',
      '[["BigInt","1.0"]]',
      '[["BigInt",1]]',
      '[["BigInt",true]]',
      '[["BigInt",null]]',
    ],
    ...[
      '[["BigInt","1","1"]]',
      '[["BigInt",[]]]',
      '[["BigInt","1e3"]]',
      '[["BigInt","-"]]',
      '[["BigInt","١"]]',
      '[["BigInt","1\\n"]]',
    ],
    // Regular expressions.
    ...[
      '[["RegExp"]]',
      '[["RegExp",1]]',
      '[["RegExp",null]]',
      '[["RegExp","("]]',
      '[["RegExp","a","gg"]]',
      '[["RegExp","a","x"]]',
    ],
    ...[
      '[["RegExp","a","mg"]]',
      '[["RegExp","a",""]]',
      '[["RegExp","a",null]]',
      '[["RegExp","a","g",0]]',
      '[["RegExp","a","g",-1]]',
    ],
    ...[
      '[["RegExp","a","g",1.5]]',
      '[["RegExp","a","g","1"]]',
      '[["RegExp","a","g",1,1]]',
      '[["RegExp",""]]',
      '[["RegExp","/"]]',
    ],
    ...[
      '[["RegExp","a","uv"]]',
      '[["RegExp","a","g",null]]',
      '[["RegExp","\\n"]]',
      '[["RegExp","a",1]]',
      '[["RegExp","a","g",1e300]]',
    ],
    // URLs, which a browser mends in silence.
    ...[
      '[["URL"]]',
      '[["URL",1]]',
      '[["URL",""]]',
      '[["URL","example.com"]]',
      '[["URL","HTTP://example.com/"]]',
      '[["URL",null]]',
    ],
    ...[
      '[["URL","http://example.com"]]',
      '[["URL"," http://example.com/"]]',
      '[["URL","http://a/\\n"]]',
      '[["URL","a:b","a:b"]]',
    ],
    ...[
      '[["URL","http://[::1"]]',
      '[["URLSearchParams"]]',
      '[["URLSearchParams",null]]',
      '[["URLSearchParams","?a=1"]]',
    ],
    ...[
      '[["URLSearchParams","a"]]',
      '[["URLSearchParams","a=b c"]]',
      '[["URLSearchParams",{}]]',
      '[["URLSearchParams","a=1",1]]',
    ],
    ...['[["URLSearchParams",[["a","b"]]]]', '[["URLSearchParams","&"]]'],
    // DOMExceptions.
    ...[
      '[["DOMException"]]',
      '[["DOMException","x"]]',
      '[["DOMException","x",1]]',
      '[["DOMException","x","Y","Z"]]',
      '[["DOMException",1,"Y"]]',
    ],
    // Bytes: base64 in another alphabet, with spaces, with or without padding, with bits left over.
    ...[
      '[["ArrayBuffer"]]',
      '[["ArrayBuffer",1]]',
      '[["ArrayBuffer",null]]',
      '[["ArrayBuffer","AA"]]',
      '[["ArrayBuffer","AAA"]]',
    ],
    ...[
      '[["ArrayBuffer","A==="]]',
      '[["ArrayBuffer","AA =="]]',
      '[["ArrayBuffer","AA==\\n"]]',
      '[["ArrayBuffer","AB=="]]',
      '[["ArrayBuffer","__=="]]',
    ],
    ...[
      '[["ArrayBuffer","=AAA"]]',
      '[["ArrayBuffer","AAAA===="]]',
      '[["ArrayBuffer","!!!!"]]',
      '[["ArrayBuffer","AAAA","AAAA"]]',
      '[["ArrayBuffer",[]]]',
    ],
    ...['[["ArrayBuffer","AA==AAAA"]]', '[["ArrayBuffer","äöü="]]'],
    // Views of what are no bytes, or of too few.
    ...[
      '[["Uint8Array"]]',
      '[["Uint8Array",0]]',
      '[["Uint8Array",-1]]',
      '[["Uint8Array",1],100]',
      '[["Uint8Array",1],[]]',
      '[["Uint8Array",1],"AAAA"]',
    ],
    ...[
      '[["Uint8Array","AAAA"]]',
      '[["Uint8Array",1],["Uint8Array",2],["ArrayBuffer",""]]',
      '[["Uint8Array",1],{"length":2},1e9]',
      '[["Uint8Array",null]]',
    ],
    ...[
      '[["Uint16Array",1],["ArrayBuffer","AAAA"]]',
      '[["Float64Array",1],["ArrayBuffer","AAAA"]]',
      '[["Uint8Array",1,0],["ArrayBuffer","AAAA"]]',
    ],
    ...[
      '[["Uint8Array",1,0,4],["ArrayBuffer","AAAA"]]',
      '[["Uint8Array",1,4,0],["ArrayBuffer","AAAA"]]',
      '[["Uint8Array",1,-1,1],["ArrayBuffer","AAAA"]]',
    ],
    ...[
      '[["Uint8Array",1,0.5,1],["ArrayBuffer","AAAA"]]',
      '[["Uint16Array",1,1,1],["ArrayBuffer","AAAA"]]',
      '[["Uint8Array",1,0,1,1],["ArrayBuffer","AAAA"]]',
    ],
    ...[
      '[["Buffer",1,0,1],["ArrayBuffer","AAAA"]]',
      '[["Buffer",1],"AAAA"]',
      '[["Buffer"]]',
      '[["DataView",1,5,0],["ArrayBuffer","AAAA"]]',
      '[["DataView",0]]',
    ],
    ...['[["Uint8Array",1,null,null],["ArrayBuffer","AAAA"]]', '[["Uint8Array",1,0,1e9],["ArrayBuffer","AAAA"]]'],
    // Errors.
    ...[
      '[["Error"]]',
      '[["Error",-1]]',
      '[["Error",0]]',
      '[["Error",1],"x"]',
      '[["Error",1],[]]',
      '[["Error",1],["Map"]]',
      '[["Error",1],null]',
    ],
    ...[
      '[["Error",1],{"name":2},"x"]',
      '[["Error",1],{"code":2},"x"]',
      '[["Error",1],{"toString":2},"x"]',
      '[["Error",1],{"message":9}]',
      '[["Error",1,1],{}]',
    ],
    ...[
      '[["Error",1],{"own":2},[]]',
      '[["Error",1],{"own":2},"x"]',
      '[["Error",1],{"own":-1}]',
      '[["Error",1],{"own":0}]',
      '[["Error",1],["null","message",2],"x"]',
    ],
    ...[
      '[["Error",1],["Error",1]]',
      '[[1,2],["Error",3],["Error",3],{}]',
      '[["Error",1],{"own":2},["null"]]',
      '[["Error","x"]]',
      '[{"a":1},["Error",0]]',
    ],
    ...[
      '[["BrineError",1],{}]',
      '[["BrineError",1],{"own":2},{"code":3},"NO_SUCH_CODE"]',
      '[["BrineError",1],{"own":2},{"code":3},5]',
    ],
    ...['[["BrineError",1],{"own":2},{"code":3},"toString"]', '[["Error",1],{"own":2},["Map"]]'],
  ]),
]
