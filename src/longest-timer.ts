/** The longest time, in milliseconds, that a timer of Node runs: one that is set for longer is over at once. */
export const longestTimerMs = 2 ** 31 - 1
