// Every field that BrineMQ adds to BullMQ's hashes: see docs/wire.md.

/** The field of a job's hash that counts how often it began to run alone. */
export const aloneField = 'brine:alone'

/**
 * The field of a job's hash that holds the sealed cancel, in a queue with keys: `defa` is not sealed, so everybody who writes to Redis
 * could cancel jobs. It counts only together with `defa`, which BullMQ clears when the job fails.
 */
export const markField = 'brine:cancel'

/** Before the key of a child, in a field of its parent's hash. */
export const keptErrorField = 'brine:child:'

/** A field that a bounded hash has more: the names of those that were too long, with commas between. */
export const cutField = 'brine:cut'

/** The field of a template's stored options that says which declaration it came from. It does not reach the jobs. */
export const declaredField = 'brine:declared'

/** The field of a quarantine event that has the id of the entry. */
export const entryField = 'brine:entry'

/** The field of a job's hash that holds the encoded error of its last failed attempt; also the event that announces it. */
export const errorField = 'brine:error'

export const postponedField = 'brine:postponed'

/** The field of a job's hash that holds the steps which its handler has done. */
export const stepsField = 'brine:steps'

/** What stood in place of `parent` where that was no JSON. */
export const parentField = 'brine:parent'
