import { bodies, type Hostile, harmless, repeat } from './hostile.ts'

const url = (text: string) => `[["URL",${JSON.stringify(text)}]]`
const bytes = (base64: string) => `[["ArrayBuffer","${base64}"]]`
const text = (value: string) => JSON.stringify([value])

// The two marks stand in the wrong order, and sorting them takes the platform the square of their number.
const marks = (count: number) => repeat('\u0300\u0323', count)
const escapedMarks = (count: number) => repeat('%CC%80%CC%A3', count)

/** Texts that take what the platform makes of them the square of their length, or longer. */
export const natives: Hostile[] = [
  ...bodies('TEXT_INVALID', [
    ['an address whose path is of marks', url(`http://a/${marks(200_000)}`)],
    ['an address of few enough marks', url(`http://a${marks(999)}/`), '$'],
    ['an end of base64 that goes on', bytes(`${repeat('=', 700_000)}A`), '$'],
    ['an end of base64 that is all', bytes(repeat('=', 700_000)), '$'],
    ['an end of base64 within', bytes(`${repeat('A', 700_000)}${repeat('=A', 100_000)}`), '$'],
  ]),
  ...bodies('LIMIT_EXCEEDED', [
    ['an address of marks', url(`http://a${marks(200_000)}/`), '$'],
    ['an address of letters that are none of ASCII', url(`http://${repeat('ü', 200_000)}/`), '$'],
    ['an address of marks in a list', `[[1],["URL","http://a${marks(80_000)}/"]]`, '$[0]'],
    ['an address of escaped marks', url(`http://a${escapedMarks(70_000)}/`), '$'],
    ['an address whose host is named otherwise', url(`http://xn--${repeat('a', 900_000)}/`), '$'],
    ['an address of escaped marks behind slashes of both kinds', url(`http:\\\\//a${escapedMarks(70_000)}/`), '$'],
    ['a text of marks, for a schema of addresses', text(`http://a${marks(200_000)}/`), '$', 'address'],
    ['a text of marks without slashes, for a schema of addresses', text(`http:a${marks(200_000)}`), '$', 'address'],
    ['a text of marks and ends of lines', text(`ht\ntp:\n/\t/a${marks(200_000)}`), '$', 'address'],
    ['a text of escaped marks, for a schema of addresses', text(`http://a${escapedMarks(70_000)}/`), '$', 'address'],
    ['a list of texts of marks', `[[1],[2],"http://a${marks(200_000)}/"]`, '$', 'addresses'],
    ['a name of marks', `[{"http://a${marks(200_000)}/":1},1]`, '$', 'named'],
    ['a text of marks, for a schema that tells success', `[[1],"http://a${marks(200_000)}/"]`, '$', 'succeeded'],
  ]),
  ...harmless([
    ['an address with a long path', url(`http://a/${repeat('%CC%80', 100_000)}`)],
    [
      'an address with a long path, for a schema of addresses',
      text(`http://a/${marks(100_000)}`),
      undefined,
      'address',
    ],
    ['an address whose host means nothing to the platform', url(`brine://a${escapedMarks(70_000)}/`)],
    ['what is no address of a host', url(`data:text/html,${escapedMarks(70_000)}`)],
    ['an address with a long question', url(`http://a/?${repeat('%CC%80', 100_000)}`)],
    ['an address with a long host', url(`http://${repeat('a', 900_000)}/`)],
    ['an address with a host in another script', url('http://xn--mnchen-3ya.example/')],
  ]),
]
