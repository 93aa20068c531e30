/** How words are set off. Without colours each gives its text as it is. */
export interface Style {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const

export function createStyle(colours: boolean): Style {
  const set = ([on, off]: readonly [number, number]) =>
    colours ? (text: string) => `\u001b[${on}m${text}\u001b[${off}m` : (text: string) => text
  return {
    bold: set(codes.bold),
    dim: set(codes.dim),
    red: set(codes.red),
    green: set(codes.green),
    yellow: set(codes.yellow),
  }
}

/** Colours on a terminal only; NO_COLOR takes them away, and FORCE_COLOR gives them: https://no-color.org. */
export function wantsColours(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  return isTerminal && TERM !== 'dumb'
}
