import { once } from 'node:events'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { startEmbedded } from './start-embedded.ts'

// `npm run redis`: a server for people who have none, until Ctrl-C.
try {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '6379' }, verbose: { type: 'boolean' } } })
  const server = await startEmbedded({ port: Number(values.port), verbose: values.verbose ?? false })
  const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))
  // A connection keeps this process up, and tells when the server is gone.
  const line = connect(server.port, '127.0.0.1')
  const lost = once(line, 'close').then(() => Promise.reject(new Error('the server ended by itself')))
  console.log(`Valkey answers at ${server.url}`)
  console.log('It keeps nothing: when it ends, all that it holds is gone. Ctrl-C ends it.')
  await Promise.race([stopped, lost])
  // Left alone, the line's end would be taken for a loss.
  line.removeAllListeners('close').destroy()
  await server.close()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
