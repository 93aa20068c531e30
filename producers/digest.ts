// Has every file under a folder digested: npx tsx producers/digest.ts [PATH], with workers/digest.ts in other terminals.
import './say-errors.ts'
import { resolve } from 'node:path'
import { createProducer } from 'brinemq'
import { files, SourceFile } from '../jobs/digest.ts'
import { listFiles } from './list-files.ts'
import { type Digested, printable, printDigests } from './print-digests.ts'
import { startProgress } from './progress.ts'

const inFlight = 200

const [given] = process.argv.slice(2)
const folder = resolve(given ?? '.')
// The project's own folder holds others' files too, which say nothing of it. A folder of yours is taken whole.
const paths = await listFiles(folder, given === undefined ? ['node_modules', '.git', 'dist'] : [])

const producer = createProducer(files, { connection: process.env['REDIS_URL'] })
const progress = startProgress('  digesting', paths.length)
const started = Date.now()
const results: Digested[] = []
const troubles: string[] = []

const sources = paths.map((path) => new SourceFile(path))
for await (const outcome of producer.map('digest', sources, { inFlight, timeoutMs: 10 * 60_000 })) {
  if (outcome.status === 'completed') results.push(outcome.result)
  else troubles.push(`failed: ${printable(outcome.payload.path)}: ${reason(outcome.error)}`)
  progress.advance()
}
progress.stop()
const seconds = (Date.now() - started) / 1000
await producer.close()

// What came back is a Digest, whose own method compares it with one made here.
for (const { digest } of results) {
  try {
    const own = await new SourceFile(digest.path).digest()
    if (!digest.equals(own)) troubles.push(`mismatch: ${printable(digest.path)} has another digest here`)
  } catch (error) {
    troubles.push(`mismatch: ${printable(digest.path)} cannot be digested here: ${reason(error)}`)
  }
}

printDigests(folder, results, seconds)
console.log(troubles.length === 0 ? '  every digest is the same as one computed here' : '')
for (const trouble of troubles) console.error(`  ${trouble}`)
if (troubles.length > 0) process.exitCode = 1

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
