import { readHead, tagsIn } from '../../codec/text-head.ts'

/** What something in Redis still uses, and how often. */
export interface Use {
  /**
   * `job`: a version of a job by one of its names. `name`: a job's name, as BullMQ has it. `model`: a version of a model by one of its
   * tags. `json`: plain JSON, by `accept`.
   */
  readonly kind: 'job' | 'name' | 'model' | 'encoding' | 'key' | 'json'
  /** Of the queue; undefined in a store. */
  readonly queue: string | undefined
  readonly name: string
  readonly version: number | undefined
  /** In how many jobs, schedules or keys; what a child gave, and what a deduplication keeps for later, counts by itself. */
  readonly count: number
  /** The id of one of them. */
  readonly example: string
}

/** Opens a body that is encrypted or compressed; undefined when it cannot be. */
export type OpenBody = (text: string, kind: string) => string | undefined

/** Counts what texts use, without decoding them: by their beginnings, and by the tags in their bodies. */
export class Uses {
  readonly #uses = new Map<string, { -readonly [Key in keyof Use]: Use[Key] }>()
  /** Of how many jobs and keys something could not be looked into, and one of them. */
  unread = { count: 0, example: undefined as string | undefined }

  /** What one job or key uses, in all of its texts: each use counts once. */
  add(queue: string | undefined, id: string, names: readonly string[], texts: readonly string[], open: OpenBody): void {
    const found = new Map<string, Pick<Use, 'kind' | 'name' | 'version'>>()
    const note = (kind: Use['kind'], name: string, version?: number) =>
      found.set(JSON.stringify([kind, name, version]), { kind, name, version })
    for (const name of names) note('name', name)
    let isWhole = true
    for (const text of texts) {
      const head = readHead(text)
      if (!head) {
        note('json', 'plain JSON')
        continue
      }
      note('encoding', head.encoding)
      if (head.key !== undefined) note('key', head.key)
      if (head.job !== undefined) note('job', head.job, head.version)
      const isClear = head.seal !== 'encrypt' && !head.compressed
      const body = isClear ? text.slice(head.bodyAt) : open(text, head.kind)
      if (body === undefined) isWhole = false
      else for (const [tag, version] of tagsIn(body, head.encoding)) note('model', tag, version)
    }
    if (!isWhole) this.unread = { count: this.unread.count + 1, example: this.unread.example ?? id }
    for (const [key, use] of found) this.#count(`${queue ?? ''} ${key}`, { ...use, queue, example: id })
  }

  #count(key: string, use: Omit<Use, 'count'>): void {
    const known = this.#uses.get(key)
    if (known) known.count += 1
    // Names and versions are anybody's word: what comes after so many is not told apart.
    else if (this.#uses.size < 10_000) this.#uses.set(key, { ...use, count: 1 })
  }

  get all(): Use[] {
    const word = ({ queue = '', kind, name, version = 0 }: Use) =>
      [kind, queue, name, `${version}`.padStart(16, '0')].join(' ')
    return [...this.#uses.values()].sort((one, other) => word(one).localeCompare(word(other)))
  }
}
