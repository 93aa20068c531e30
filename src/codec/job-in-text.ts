// Bounded, since it is looked for in what anybody wrote.
const longestHead = 2_300
const head =
  /^\s*\{\s*"brine"\s*:\s*1\s*,\s*(?:"seal"\s*:\s*\[[\w",.{}: -]{0,1300}\]\s*,\s*)?"kind"\s*:\s*"\w{1,16}"\s*,\s*"job"\s*:\s*("(?:[^"\\]|\\.){0,600}")/

/**
 * The name of the job that an envelope says it is for, to tell texts apart before they are opened; undefined for other texts.
 * Nothing but the name is read, and nothing is proved: whoever opens the text for a job of that name hears whether it is true.
 */
export function jobInText(text: string): string | undefined {
  const [, name] = head.exec(text.slice(0, longestHead)) ?? []
  if (name === undefined) return undefined
  try {
    return String(JSON.parse(name))
  } catch {
    return undefined
  }
}
