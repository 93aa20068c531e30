export interface Subject {
  name: string
  run(): unknown
}

export interface Pace {
  readonly rounds: number
  /** How long each subject runs in a round, at least. */
  readonly roundMs: number
}

/**
 * Microseconds for one run of each subject: the median of the rounds in which all take turns, so that a noisy neighbour
 * troubles all alike. Another one begins each round: as all of a round together make about as much garbage as was collected once,
 * the same one would pay for it each time. What the machine's absolute speed is does not matter; the ratios do.
 */
export function measure(subjects: readonly Subject[], { rounds, roundMs }: Pace): Map<string, number> {
  const measured = subjects.map((subject) => ({ subject, batch: batchSize(subject, roundMs), times: [] as number[] }))
  for (let round = 0; round < rounds; round += 1) {
    const first = round % measured.length
    for (const { subject, batch, times } of [...measured.slice(first), ...measured.slice(0, first)]) {
      times.push(time(subject, batch))
    }
  }
  return new Map(measured.map(({ subject, times }) => [subject.name, median(times)]))
}

function batchSize(subject: Subject, roundMs: number): number {
  let batch = 1
  // The first runs also warm the subject up.
  while (time(subject, batch) * batch < roundMs * 1000) batch *= 2
  return batch
}

let sink: unknown

function time({ run }: Subject, batch: number): number {
  const started = process.hrtime.bigint()
  for (let count = 0; count < batch; count += 1) sink = run()
  return Number(process.hrtime.bigint() - started) / 1000 / batch
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Keeps the optimizer from dropping what nobody reads. */
export function used(): unknown {
  return sink
}
