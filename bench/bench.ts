import type { Server } from './server.ts'
import type { Settings } from './settings.ts'

/** What a part of the bench is given. */
export interface Bench {
  readonly settings: Settings
  readonly server: Server
  /** The file that worker processes import BrineMQ from. */
  readonly library: string
}
