/** What the command ends with. They are documented in docs/cli.md, and scripts rely on them. */
export const exitCode = {
  /** Done. */
  done: 0,
  /** It looked, and found what should not be; or could not do what was asked, such as with a job that is gone. */
  failed: 1,
  /** It was not understood, or the project's configuration was not. Nothing was done. */
  usage: 2,
  /** No Redis answered, or it refused. */
  unreachable: 3,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
