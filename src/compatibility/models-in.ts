const tagged = /(?<![\w./-])[A-Za-z][\w./-]{0,99}@[1-9]\d*/g

/**
 * The models whose instances a sample may hold, as `person@1`, in whatever encoding it is: each writes tags so. A text among its
 * values may look like one, too.
 */
export function modelsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(tagged))
}
