import { bodies, entries, type Hostile, harmless, range, repeat } from './hostile.ts'

const pattern = (source: string, flags = '') =>
  `[["RegExp",${JSON.stringify(source)}${flags === '' ? '' : `,"${flags}"`}]]`
const each = (count: number, source: string, flags: string) =>
  `[[${range(1, count)}],${entries(1, count, (at) => `["RegExp",${JSON.stringify(`${source}${at}`)},"${flags}"]`)}]`

/** Regular expressions: what reading them costs. What matching costs is for who matches. */
export const patterns: Hostile[] = [
  ...harmless([
    ['one that backtracks for ever, when it is matched', pattern('^(a+)+$')],
    ['one that backtracks for ever, in an error', '[["Error",1],{"own":2},{"pattern":3},["RegExp","(a*)*b"]]'],
    ['counts within counts', pattern('((((a{1000}){1000}){1000}){1000})')],
    ['a count that is no number', pattern('a{99999999999999999999}')],
    ['a few properties of Unicode', pattern(repeat('\\p{L}', 100), 'u')],
    ['two properties of strings', pattern('\\p{RGI_Emoji}\\p{RGI_Emoji}', 'v')],
    ['names of groups', pattern(entries(1, 2_000, (at) => `(?<a${at}>a)`).replaceAll(',', ''))],
    ['1,000 that are short', each(1_000, 'a', 'g')],
    ['a last index beyond all texts', '[["RegExp","a","g",9007199254740991]]'],
    ['NULs and ends of lines', pattern('\\0\\u2028')],
  ]),
  ...bodies('LIMIT_EXCEEDED', [
    ['a mebibyte of letters', pattern(repeat('a', 1_000_000)), '$'],
    ['alternatives without end', pattern(`${repeat('a|', 200_000)}b`), '$'],
    ['parentheses without end', pattern(`${repeat('(', 50_000)}${repeat(')', 50_000)}`), '$'],
    ['200,000 properties of Unicode', pattern(repeat('\\p{L}', 200_000), 'u'), '$'],
    ['1,000 properties of Unicode', pattern(repeat('\\P{Lu}', 1_000), 'iu'), '$'],
    ['properties of strings, of which each takes V8 31 ms', pattern(repeat('\\p{RGI_Emoji}', 2_000), 'iv'), '$'],
    ['nine properties of strings', pattern(repeat('\\p{RGI_Emoji}', 9), 'v'), '$'],
    ['sets within sets', pattern(repeat('[[a-z]--[aeiou]]', 5_000), 'v'), '$'],
    ['sets that ignore case', pattern(repeat('[^\\W\\d]', 20_000), 'iv'), '$'],
    ['20,000 that are short', each(20_000, '\\p{L}', 'u')],
    ['look-behinds within look-behinds', pattern(`${repeat('(?<=a', 20_000)}${repeat(')', 20_000)}`), '$'],
    ['one below a name', `[{"at":1},${pattern(repeat('a', 40_000)).slice(1)}`, '$.at'],
  ]),
  ...bodies('TEXT_INVALID', [
    ['parentheses that never close', pattern(repeat('(', 20_000)), '$'],
    ['a property that there is not', pattern('\\p{Hunter2-0451}', 'u'), '$'],
    ['two groups of one name', pattern('(?<hunter2>a)(?<hunter2>b)'), '$'],
  ]),
]
