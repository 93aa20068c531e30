const space = /[\t\n\r ]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: no text of JSON holds them as they are.
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y
const leaf = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

type Next = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'rest'

/**
 * Where a text stops being JSON, from line 1 and column 1; the end of the text when more was to come. JavaScript's parser quotes the
 * text around, which may be secret, and does not always say where it was.
 */
export function jsonFault(json: string): { line: number; column: number } {
  const before = json.slice(0, faultIn(json)).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function faultIn(json: string): number {
  let at = 0
  const take = (token: RegExp): boolean => {
    token.lastIndex = at
    const taken = token.test(json)
    if (taken) at = token.lastIndex
    return taken
  }
  const takes = (character: string): boolean => {
    const taken = json[at] === character
    if (taken) at += 1
    return taken
  }
  const open: ('{' | '[')[] = []
  let next: Next = 'value'
  for (;;) {
    take(space)
    if (next === 'value' || next === 'first value') {
      if (takes('{')) next = opened(open, '{')
      else if (takes('[')) next = opened(open, '[')
      else if (next === 'first value' && takes(']')) next = closed(open)
      else if (take(text) || take(leaf)) next = 'rest'
      else return at
    } else if (next === 'name' || next === 'first name') {
      if (next === 'first name' && takes('}')) next = closed(open)
      else if (take(text)) next = 'colon'
      else return at
    } else if (next === 'colon') {
      if (!takes(':')) return at
      next = 'value'
    } else {
      const holder = open.at(-1)
      if (holder === undefined) return at
      if (takes(',')) next = holder === '{' ? 'name' : 'value'
      else if (takes(holder === '{' ? '}' : ']')) next = closed(open)
      else return at
    }
  }
}

function opened(open: ('{' | '[')[], holder: '{' | '['): Next {
  open.push(holder)
  return holder === '{' ? 'first name' : 'first value'
}

function closed(open: ('{' | '[')[]): Next {
  open.pop()
  return 'rest'
}
