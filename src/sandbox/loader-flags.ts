import { pathToFileURL } from 'node:url'
import { resolveFrom } from '../resolve-from.ts'

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
  // Resolved as `require` does, which works from any place; beside it lies what `import` takes.
  const api = resolveFrom(module, 'tsx/esm/api')
  return api && pathToFileURL(api.replace(/\.cjs$/, '.mjs')).href
}
