// npm run bench [-- codec | jobs | seals]. Interleaved, medians, ratios: absolute times depend on the machine, and so say little.
import { cpus } from 'node:os'
import { benchCodec } from './codec.ts'
import { benchJobs } from './jobs.ts'
import { benchSeals } from './seals.ts'

const only = process.argv[2]
console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
if (only === undefined || only === 'codec') benchCodec()
if (only === undefined || only === 'jobs') await benchJobs()
if (only === undefined || only === 'seals') await benchSeals()
