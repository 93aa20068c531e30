import { fieldsEncodingId } from './fields/layout.ts'
import { encodingId } from './format.ts'

/** The encodings that this build reads. */
export const encodings: readonly string[] = [encodingId, fieldsEncodingId]
