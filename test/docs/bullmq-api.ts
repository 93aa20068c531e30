import { fileURLToPath } from 'node:url'
import {
  API,
  type Checker,
  type Symbol as Declared,
  ModifierFlags,
  type Project,
  SymbolFlags,
} from 'typescript/unstable/sync'

/** What BullMQ's own type declarations say that it has. */
export interface BullmqApi {
  /** The public members that BullMQ declares of one of its classes, interfaces or types, statics included; not Node's. */
  members(type: string): string[]
  /** All that it exports, and whether something of it exists at run time. */
  readonly exports: readonly { name: string; isValue: boolean }[]
}

const config = fileURLToPath(new URL('./bullmq/tsconfig.json', import.meta.url))

/** Reads them by the compiler that also checks this project. */
export function readBullmqApi(): BullmqApi {
  const api = new API()
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (!project) throw new Error(`no project at ${config}`)
    const { checker } = project
    const exported = exportsOf(project).map((symbol) => ({ name: symbol.name, symbol: resolved(symbol, checker) }))
    const members = new Map(exported.map(({ name, symbol }) => [name, membersOf(symbol, project)]))
    return {
      members(type) {
        const found = members.get(type)
        if (!found) throw new Error(`BullMQ exports no ${type}`)
        return found
      },
      exports: exported.map(({ name, symbol }) => ({ name, isValue: (symbol.flags & SymbolFlags.Value) !== 0 })),
    }
  } finally {
    api.close()
  }
}

function exportsOf({ program, checker }: Project): readonly Declared[] {
  const index = program.getSourceFileNames().find((name) => name.endsWith('/bullmq/dist/esm/index.d.ts'))
  const file = index === undefined ? undefined : program.getSourceFile(index)
  const module = file && checker.getSymbolAtLocation(file)
  if (!module) throw new Error("BullMQ's declarations are not where they were")
  return checker.getExportsOfModule(module)
}

function resolved(symbol: Declared, checker: Checker): Declared {
  return symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

function membersOf(symbol: Declared, project: Project): string[] {
  const { checker } = project
  const statics = symbol.flags & SymbolFlags.Class ? [...symbol.getExports().values()] : []
  const type = checker.getDeclaredTypeOfSymbol(symbol)
  // Of a union what any of its members has.
  const types = type.isUnionType() ? type.getTypes() : [type]
  const all = [...types.flatMap((one) => checker.getPropertiesOfType(one)), ...statics]
  return [...new Set(all.filter((member) => isPublic(member, project)).map(({ name }) => name))].sort()
}

function isPublic({ name, declarations }: Declared, project: Project): boolean {
  if (name === 'prototype' || name.startsWith('__')) return false
  return declarations.some((declaration) => {
    if (!declaration.path.includes('/bullmq/dist/')) return false
    const node = declaration.resolve(project)
    const hidden = ModifierFlags.Private | ModifierFlags.Protected
    return node !== undefined && !(Number(Reflect.get(node, 'modifierFlags')) & hidden)
  })
}
