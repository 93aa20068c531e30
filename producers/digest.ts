// Has every file under a folder digested: npx tsx producers/digest.ts [PATH], with workers/digest.ts in other terminals.
import { relative, resolve } from 'node:path'
import { createProducer } from 'brinemq'
import { type Digest, files, SourceFile } from '../jobs/digest.ts'
import { listFiles } from './list-files.ts'
import { startProgress } from './progress.ts'

const inFlight = 200

const [given] = process.argv.slice(2)
const folder = resolve(given ?? '.')
// The project's own folder holds others' files too, which say nothing of it. A folder of yours is taken whole.
const paths = await listFiles(folder, given === undefined ? ['node_modules', '.git', 'dist'] : [])

const producer = createProducer(files, { connection: process.env['REDIS_URL'] })
const progress = startProgress('  digesting', paths.length)
const started = Date.now()
const digests: Digest[] = []
const failures: string[] = []

for (let next = 0; next < paths.length; next += inFlight) {
  const batch = paths.slice(next, next + inFlight)
  const jobs = await producer.enqueueBulk(batch.map((path) => ({ name: 'digest', payload: new SourceFile(path) })))
  await Promise.all(
    jobs.map(async (job, index) => {
      try {
        digests.push(await job.result({ timeoutMs: 10 * 60_000 }))
      } catch (error) {
        failures.push(`${batch[index]}: ${error instanceof Error ? error.message : error}`)
      }
      progress.advance()
    }),
  )
}
progress.stop()
const seconds = (Date.now() - started) / 1000
await producer.close()

// What came back is a Digest, whose own method compares it with one made here.
const mismatches: string[] = []
for (const digest of digests) {
  const own = await new SourceFile(digest.path).digest()
  if (!digest.equals(own)) mismatches.push(digest.path)
}

const bytes = digests.reduce((sum, { size }) => sum + size, 0n)
const latest = digests.reduce<Digest | undefined>((a, b) => (a && a.modifiedAt >= b.modifiedAt ? a : b), undefined)
const rows = {
  files: digests.length,
  bytes: bytes.toLocaleString('en'),
  'last changed': latest ? `${relative(folder, latest.path)}, ${latest.modifiedAt.toISOString()}` : 'none',
  'its SHA-256': latest?.hex ?? 'none',
  'files a second': Math.round(digests.length / seconds),
  failed: failures.length,
  mismatches: mismatches.length,
}
for (const [name, value] of Object.entries(rows)) console.log(`  ${name.padEnd(15)}  ${value}`)
for (const failure of failures) console.error(`  failed: ${failure}`)
for (const path of mismatches) console.error(`  not the same as digested here: ${path}`)
if (failures.length > 0 || mismatches.length > 0) process.exitCode = 1
