/** Whether this is a run of all that the page tells of, by `npm run test:faults`; CI does a tenth. */
export const whole = process.env['BRINE_FAULTS'] === 'whole'

/** So many in a whole run, and a tenth of them otherwise. */
export function some(count: number): number {
  return whole ? count : Math.ceil(count / 10)
}

const seed = Number(process.env['BRINE_FAULTS_SEED'] ?? 1)

/** Whole numbers from `least` to `most`, the same ones for the same BRINE_FAULTS_SEED. */
export function openChance(): (least: number, most: number) => number {
  let state = seed
  return (least, most) => {
    // https://en.wikipedia.org/wiki/Lehmer_random_number_generator
    state = (state * 48_271) % 2_147_483_647
    return least + (state % (most - least + 1))
  }
}

/** Prints what a fault came to: a row of docs/faults.md. */
export function printFigures(fault: string, figures: Readonly<Record<string, unknown>>): void {
  const told = Object.entries(figures).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  console.log(`${fault} (seed ${seed}): ${told.join(', ')}`)
}
