import nodeModule from 'node:module'

/** Resolves a specifier as `require` does in the module `from`, a path or a file URL; undefined when it finds nothing. */
export function resolveFrom(from: string | URL, specifier: string): string | undefined {
  try {
    // Through the default import: webpack evaluates calls of an imported `createRequire` at build time, and bundles what they resolve.
    return nodeModule.createRequire(from).resolve(specifier)
  } catch {
    return undefined
  }
}
