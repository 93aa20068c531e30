/** How a job ended, before anything is decoded. */
export type StoredOutcome =
  | { state: 'pending' }
  | { state: 'missing' }
  | { state: 'completed'; text: string }
  | { state: 'failed'; reason: string; encoded: string | undefined }
