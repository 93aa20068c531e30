/** Own properties that errors have without showing them. */
export const hiddenInErrors: ReadonlySet<string> = new Set(['message', 'cause', 'errors', 'stack'])

/**
 * Gives a decoded error a stack of its name and message alone. The frames that JavaScript put there are the decoder's, and
 * would send whoever reads a log to the wrong place.
 */
export function headStack(error: object): void {
  const { name, message } = error as Error
  const value = message === '' ? `${name}` : `${name}: ${message}`
  Object.defineProperty(error, 'stack', { value, enumerable: false, writable: true, configurable: true })
}
