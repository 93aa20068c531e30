/** What the beginning of an envelope says of it. Nothing is proved: whoever opens the text hears whether it is true. */
export interface TextHead {
  readonly seal: 'sign' | 'encrypt' | undefined
  /** The id of the key that sealed it. */
  readonly key: string | undefined
  readonly kind: string
  readonly job: string | undefined
  readonly version: number | undefined
  readonly encoding: string
  readonly compressed: boolean
  /** Where the body begins. */
  readonly bodyAt: number
}

/** How much of a text is looked at: bounded, since anybody may have written it. */
export const longestHead = 2_300
const head =
  /^\{"brine":1,(?:"seal":\["(sign|encrypt)","([\w.-]{1,32})"[\w",{}:.-]{0,1200}\],)?"kind":"(\w{1,16})",(?:"job":("(?:[^"\\]|\\.){0,600}"),"version":(\d{1,16}),)?"encoding":"([\w./-]{1,40})",("compress":"[\w-]{1,20}",)?"body":/

/** Reads the beginning of an envelope, and nothing behind it; undefined for what is none. */
export function readHead(text: string): TextHead | undefined {
  const [whole, seal, key, kind, job, version, encoding, compress] = head.exec(text.slice(0, longestHead)) ?? []
  if (whole === undefined || kind === undefined || encoding === undefined) return undefined
  return {
    seal: seal === 'sign' || seal === 'encrypt' ? seal : undefined,
    ...{ key, kind, encoding, bodyAt: whole.length, compressed: compress !== undefined },
    job: job === undefined ? undefined : nameIn(job),
    version: version === undefined ? undefined : Number(version),
  }
}

function nameIn(json: string): string {
  try {
    return String(JSON.parse(json))
  } catch {
    return json
  }
}

// In devalue's format an array that begins with a text is tagged, but for the whole body, in which a lone text stands alone.
const tagged = /\["([A-Za-z][\w./-]{0,99})@([1-9]\d{0,15})",/g
const layout = /^\["([^"\\]*)",/
const inLayout = /([A-Za-z][\w./-]{0,99})@([1-9]\d{0,15})/g

/** The models that a body in the clear holds instances of, each as `[tag, version]`, as often as it names them. */
export function tagsIn(body: string, encoding: string): [string, number][] {
  const [where, pattern] = encoding.startsWith('fields/') ? [layout.exec(body)?.[1] ?? '', inLayout] : [body, tagged]
  return Array.from(where.matchAll(pattern), ([, tag = '', version]) => [tag, Number(version)])
}
