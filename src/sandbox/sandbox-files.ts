import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BrineError } from '../errors.ts'
import { findOwnFile } from '../own-file.ts'
import { resolveFrom } from '../resolve-from.ts'
import type { SandboxedOptions } from './sandboxed.ts'

/** The files that a thread or process of a sandboxed handler runs. */
export interface SandboxFiles {
  /** BullMQ's program, which loads a processor. BullMQ does not export it. */
  main: string
  /** Our processor, as a URL. */
  processor: string
}

const processor = 'sandbox/sandbox-child'
const mains = { thread: 'main-worker.js', process: 'main.js' }

/**
 * Finds the files of this package. A bundle has none: then those of the package `brinemq` that the handler's module resolves. Throws
 * OPTIONS_INVALID when a file is missing.
 */
export function findSandboxFiles(module: string, where: SandboxedOptions['in'], job: string): SandboxFiles {
  const own = findOwnFile(processor)
  const program = own ? fileURLToPath(own) : besideIndex(module, 'brinemq', `${processor}.js`)
  if (program === undefined) throw missing(`brinemq/dist/${processor}.js`, fileURLToPath(module), job)
  const main = besideIndex(program, 'bullmq', join('classes', mains[where]))
  if (main === undefined) throw missing(`bullmq/dist/cjs/classes/${mains[where]}`, program, job)
  return { main, processor: pathToFileURL(program).href }
}

/** A file of a package that a module can import, by its path from the package's main file. */
function besideIndex(from: string, name: string, path: string): string | undefined {
  const index = resolveFrom(from, name)
  const file = index && join(dirname(index), path)
  return file && existsSync(file) ? file : undefined
}

function missing(file: string, from: string, job: string): BrineError {
  const remedy = `the sandboxed handler needs the file ${file}, which bundlers leave out, and ${from} cannot import it from node_modules: keep brinemq and bullmq out of the bundle (esbuild: --packages=external; webpack: externals) and install them`
  return new BrineError('OPTIONS_INVALID', remedy, { job, path: 'sandboxed' })
}
