/** What a line of the dashboard's log says: who did what to which job, and when. Never what a job holds. */
export interface DashboardLine {
  /** The name of the visitor. */
  readonly who: string
  readonly at: Date
  /**
   * `reveal`: sensitive fields of a job were shown. `operate`: something was changed. `sign-in` and `sign-in-refused`: by password.
   * `authenticate-failed`: the hook threw, or gave what it may not, and nobody came in.
   */
  readonly what: 'reveal' | 'operate' | 'sign-in' | 'sign-in-refused' | 'authenticate-failed'
  readonly queue?: string | undefined
  /** The job's id. */
  readonly id?: string | undefined
  /** Of `operate`: what was asked, such as `PUT retry`. */
  readonly action?: string | undefined
  /** Of `operate`: the status of the answer. */
  readonly status?: number | undefined
  /** Of `authenticate-failed`: what it threw. */
  readonly reason?: string | undefined
}

/** Where the lines go: pino's loggers are such. */
export interface DashboardLog {
  info(line: DashboardLine, message: string): void
}

/** Lines to stderr, for who gives no log: what was revealed is never without a trace. */
export const stderrLog: DashboardLog = {
  info(line, message) {
    console.error(JSON.stringify({ ...line, message }))
  },
}

/** A path's parts may be anything; in a log they are to stay on their line. */
export function inLog(text: string | undefined): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
  return text?.slice(0, 200).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd')
}
