import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const typescript = /\.[cm]?tsx?$/

/**
 * What Node must be told so that a thread or process can load a TypeScript module, beside what it inherits. tsx leaves
 * threads alone, wherever their program runs under it, and a test runner's own loader is not inherited at all; so tsx is used
 * when the module's package has it. Nothing for JavaScript, and for a Node that loads TypeScript by itself.
 */
export function loaderFlags(module: string, where: 'thread' | 'process'): string[] {
  if (!typescript.test(new URL(module).pathname) || Reflect.get(process.features, 'typescript')) return []
  if (where === 'process' && process.execArgv.some((flag) => /\btsx\b/.test(flag))) return []
  const api = findTsx(module)
  return api === undefined
    ? []
    : ['--import', `data:text/javascript,import{register}from${JSON.stringify(api)};register()`]
}

function findTsx(module: string): string | undefined {
  try {
    // Resolved as `require` does, which tells where it is from any place; beside it lies what `import` takes.
    return pathToFileURL(
      createRequire(module)
        .resolve('tsx/esm/api')
        .replace(/\.cjs$/, '.mjs'),
    ).href
  } catch {
    return undefined
  }
}
