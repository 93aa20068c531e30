/**
 * All that is taken from devalue: how its parser makes values of their parts. Its walks are not used, since they recurse,
 * read leniently and cannot close a cycle through an instance; see body-writer.ts and scan.ts.
 *
 * Imported from here alone. devalue promises no stability between versions, so it is pinned exactly, and a new version is
 * one file to look at.
 */
export { defaultParseOperations } from 'devalue'
