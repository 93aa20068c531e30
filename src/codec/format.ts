/**
 * devalue's format, version 6: the constants that the encoder and the decoder share.
 *
 * A body is a flat JSON array. Each entry is a primitive, a plain object or an array; objects and arrays hold the indices
 * of other entries, so what is shared is written once and a cycle is an index like any other. Values that JSON lacks are
 * negative indices. An array that begins with a string is a tagged value. docs/wire.md tells the rest.
 */
export const UNDEFINED = -1
export const HOLE = -2
export const NAN = -3
export const POSITIVE_INFINITY = -4
export const NEGATIVE_INFINITY = -5
export const NEGATIVE_ZERO = -6
export const SPARSE = -7

/** What the envelope calls this encoding. A new major of the format gets a new name; this one stays readable. */
export const encodingId = 'devalue/6'
