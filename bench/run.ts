// npm run bench [-- PART …] [--quick] [--rounds N] [--write BASE | --render BASE]
//
// Without parts it runs all. --write measures all, and writes BASE.json, BASE.md and charts, for docs/performance the README's table
// too; --render writes the same from BASE.json, without measuring anew.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parts, partsOf } from './parts.ts'
import { filesOf } from './report/files.ts'
import { type BenchRecord, describeMachine, machineText, recordOf } from './report/record.ts'
import { withSummary } from './report/summary.ts'
import { openServer } from './server.ts'
import { full, quick } from './settings.ts'
import { printTable, type Table } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    write: { type: 'string' },
    render: { type: 'string' },
  },
})
if (values.render) await write(JSON.parse(await readFile(`${values.render}.json`, 'utf8')), values.render)
else await run()

async function run(): Promise<void> {
  // What is missing could not be judged.
  if (values.write && positionals.length > 0) throw new Error('--write measures all parts')
  const names = positionals.length > 0 ? positionals : Object.keys(parts)
  const chosen = names.flatMap((name) => partsOf(name) ?? [])
  if (names.some((name) => !partsOf(name))) throw new Error(`parts are growth, ${Object.keys(parts).join(', ')}`)
  const settings = { ...(values.quick ? quick : full), ...(values.rounds && { rounds: Number(values.rounds) }) }
  const server = await openServer()
  const library = fileURLToPath(new URL('../dist/index.js', import.meta.url))
  const tables: Table[] = []
  const machine = describeMachine(server.description)
  console.log(machineText(machine))
  for (const part of chosen) {
    const found = await part({ settings, server, library })
    for (const table of found) printTable(table)
    tables.push(...found)
  }
  if (values.write) await write(recordOf(tables, machine, settings.rounds), values.write)
  await server.close()
}

async function write(record: BenchRecord, base: string): Promise<void> {
  for (const [path, text] of filesOf(record, base)) await writeFile(path, text)
  if (base === 'docs/performance')
    await writeFile('README.md', withSummary(await readFile('README.md', 'utf8'), record))
}
