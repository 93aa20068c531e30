import type { SealMode } from './keyring.ts'

/** What a text like `encrypt:k2=…,k1=…` says. Nothing is checked but its form. */
export interface ParsedKeys {
  mode: SealMode | undefined
  /** In order: the first is the active one. */
  secrets: [id: string, secret: string][]
}

const modes = /^\s*(sign|encrypt):/

/**
 * Reads keys as they stand in an environment variable: `[sign:|encrypt:]id=base64url[,id=base64url…]`; undefined for another
 * form. What is wrong is not told more closely, since the text is a secret.
 */
export function parseKeys(text: string): ParsedKeys | undefined {
  const [prefix = '', mode] = modes.exec(text) ?? []
  const secrets: [string, string][] = []
  for (const part of text.slice(prefix.length).split(',')) {
    const at = part.indexOf('=')
    if (at < 0) return undefined
    secrets.push([part.slice(0, at).trim(), part.slice(at + 1).trim()])
  }
  return { mode: mode as SealMode | undefined, secrets }
}
