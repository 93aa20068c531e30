// What Node says of a module, or of one that it imports, that cannot be found or is not of a kind that it loads.
const missing: ReadonlySet<unknown> = new Set([
  ...['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED', 'ERR_PACKAGE_IMPORT_NOT_DEFINED'],
  ...['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_UNSUPPORTED_DIR_IMPORT', 'ERR_INVALID_MODULE_SPECIFIER'],
])

/**
 * Whether a module could not be loaded for want of a file, an export or valid code, which another attempt does not bring. Everything
 * else was thrown by code of the module that ran: a database that it could not reach may be there again.
 */
export function isMissing(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  return missing.has(Reflect.get(thrown, 'code')) || (thrown instanceof SyntaxError && !ranCode(thrown))
}

// Node's loader throws of code that does not parse, or asks for an export that is not there; `JSON.parse` throws of a text.
function ranCode({ stack = '' }: Error): boolean {
  const [thrownIn = ''] = /^\s+at .*$/m.exec(stack) ?? []
  return !thrownIn.includes('node:internal/')
}
