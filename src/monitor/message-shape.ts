const masks: readonly (readonly [RegExp, string])[] = [
  [/"[^"]*"|'[^']*'|`[^`]*`|«[^»]*»|“[^”]*”/g, '…'],
  [/\b[a-z][a-z\d+.-]*:\/\/\S+/gi, '…'],
  [/[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+/g, '…'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '…'],
  [/(?:\/[\w.-]+){2,}/g, '…'],
  [/\b(?:0x)?(?=[a-f\d]*\d)[a-f\d]{8,}\b/gi, '…'],
  [/[-+]?\d[\d.,:_-]*/g, '#'],
]

const longest = 300

/** A message without what is likely to differ from job to job: what is quoted, addresses, ids, numbers. */
export function shapeOf(message: string): string {
  const [line = ''] = message.slice(0, 10 * longest).split('\n')
  let shape = line
  for (const [pattern, mask] of masks) shape = shape.replace(pattern, mask)
  return shape.slice(0, longest)
}

/**
 * The shape of two shapes, with `…` for the words in which they differ; undefined when they differ in more than a third of
 * them, or in their number of words. After Drain (He et al., 2017).
 */
export function mergeShapes(one: string, other: string): string | undefined {
  if (one === other) return one
  const [words, others] = [one.split(' '), other.split(' ')]
  if (words.length !== others.length || words.length < 3) return undefined
  const merged = words.map((word, at) => (word === others[at] ? word : '…'))
  const differing = merged.filter((word, at) => word !== words[at]).length
  return differing * 3 <= words.length ? merged.join(' ') : undefined
}
