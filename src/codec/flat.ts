import type { KeyCollisions } from '../limits/key-collisions.ts'
import type { Model } from '../model/model.ts'
import type { PathStart } from '../schema/path-start.ts'

/** What an entry is. Only the shapes from `list` on name other entries that may name them in turn. */
export type Shape =
  | 'primitive'
  | 'bigint'
  | 'leaf'
  | 'bytes'
  | 'boxed'
  | 'view'
  | 'list'
  | 'sparse'
  | 'record'
  | 'null'
  | 'set'
  | 'map'
  | 'error'
  | 'model'

/** A body whose every entry was checked, before anything was built from it. */
export interface Flat {
  readonly entries: readonly unknown[]
  readonly shapes: readonly Shape[]
  /** Of the entries with a model's tag. */
  readonly models: ReadonlyMap<number, TaggedModel>
  /** Whether each object is only named by entries before it, as in a tree: then there is no cycle. */
  readonly forward: boolean
  /** Whether no list has a hole. */
  readonly dense: boolean
  /** What its numbers may still cost as keys. */
  readonly collisions: KeyCollisions
  /** Where paths into the value begin. */
  readonly start: PathStart
  pathOf(at: number): string
}

export interface TaggedModel {
  readonly model: Model
  /** Of the fields as they were stored. */
  readonly version: number
}

/** Whether entries of this shape can be built before all that name others. */
export function isLeafShape(shape: Shape | undefined): boolean {
  switch (shape) {
    case 'primitive':
    case 'bigint':
    case 'leaf':
    case 'bytes':
    case 'boxed':
    case 'view':
      return true
    default:
      return false
  }
}
