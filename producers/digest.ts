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

for (let next = 0; next < paths.length; next += inFlight) {
  const batch = paths.slice(next, next + inFlight)
  const jobs = await producer.enqueueBulk(batch.map((path) => ({ name: 'digest', payload: new SourceFile(path) })))
  await Promise.all(
    jobs.map(async (job, index) => {
      try {
        results.push(await job.result({ timeoutMs: 10 * 60_000 }))
      } catch (error) {
        troubles.push(`failed: ${printable(batch[index])}: ${reason(error)}`)
      }
      progress.advance()
    }),
  )
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
