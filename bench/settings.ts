/** How much is measured. */
export interface Settings {
  /** Rounds in which peers take turns, beside one that warms up. */
  readonly rounds: number
  /** Rounds of what needs no Redis, and how long each takes at least. */
  readonly codec: { readonly rounds: number; readonly roundMs: number }
  /** Line items of the orders that the codecs carry, and the jobs. */
  readonly orders: readonly number[]
  readonly jobOrders: readonly number[]
  /** Jobs of a round: enqueued one after the other, at once, and in bulks of `bulk`. */
  readonly singly: number
  readonly atOnce: number
  readonly bulk: number
  readonly seals: readonly { readonly kb: number; readonly items: number; readonly jobs: number }[]
  /** Items of the baskets, of which each is 100 bytes of JSON, and jobs of a round: so many that the start of a worker is little beside them. */
  readonly payloads: readonly { readonly items: number; readonly jobs: number }[]
  /** Waiting jobs. */
  readonly depths: readonly number[]
  readonly models: readonly number[]
  readonly concurrencies: readonly number[]
  readonly processes: readonly number[]
  /** Jobs of a round of worker processes. */
  readonly shared: number
  /** Processes of each kind whose memory is read. */
  readonly idle: number
}

/** For the record: less than ten minutes on two cores. */
export const full: Settings = {
  rounds: 7,
  codec: { rounds: 21, roundMs: 25 },
  orders: [1, 3, 10, 30, 100],
  jobOrders: [3, 30],
  singly: 1_000,
  atOnce: 2_000,
  bulk: 500,
  seals: [
    { kb: 0.3, items: 0, jobs: 1_000 },
    { kb: 10, items: 56, jobs: 300 },
    { kb: 1_000, items: 5_200, jobs: 12 },
  ],
  payloads: [
    { items: 1, jobs: 4_000 },
    { items: 10, jobs: 4_000 },
    { items: 100, jobs: 500 },
    { items: 1_000, jobs: 100 },
    { items: 10_000, jobs: 20 },
  ],
  depths: [1_000, 10_000, 100_000, 1_000_000],
  models: [1, 10, 100, 1_000],
  concurrencies: [1, 10, 50, 100, 500],
  processes: [1, 2, 3, 4],
  shared: 6_000,
  idle: 5,
}

/** Whether everything runs, in a second or two; the figures say nothing. */
export const quick: Settings = {
  rounds: 1,
  codec: { rounds: 1, roundMs: 0 },
  orders: [1, 3],
  jobOrders: [3],
  singly: 2,
  atOnce: 10,
  bulk: 5,
  seals: [{ kb: 0.3, items: 0, jobs: 5 }],
  payloads: [
    { items: 1, jobs: 5 },
    { items: 10, jobs: 5 },
  ],
  depths: [20, 40],
  models: [1, 10],
  concurrencies: [1, 10],
  processes: [1],
  shared: 20,
  idle: 1,
}
