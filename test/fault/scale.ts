/** Whether this is a run of all that the page tells of, by `npm run test:faults`; CI does a tenth. */
export const whole = process.env['BRINE_FAULTS'] === 'whole'

/** So many in a whole run, and a tenth of them otherwise. */
export function some(count: number): number {
  return whole ? count : Math.ceil(count / 10)
}
