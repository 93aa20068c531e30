import { tableText } from '../table.ts'
import { judge, verdictText } from './goals.ts'
import { reasons } from './reasons.ts'
import { type BenchRecord, machineText, tableOf } from './record.ts'

const headings: readonly { heading: string; ids: readonly string[]; chart?: string }[] = [
  { heading: 'Codec', ids: ['codec', 'codec-plain'], chart: '-codec.svg' },
  { heading: 'Jobs', ids: ['jobs', 'jobs-sealed'] },
  { heading: 'Store', ids: ['store'] },
  { heading: 'Seals', ids: ['seals', 'seals-jobs'] },
  {
    heading: 'Growth',
    ids: [
      ...['growth-depth', 'growth-payload', 'growth-payload-jobs'],
      ...['growth-models', 'growth-concurrency', 'growth-processes'],
    ],
    chart: '-depth.svg',
  },
  { heading: 'Memory', ids: ['memory-process', 'memory-jobs'] },
]

/** docs/performance.md, of a record. `name` is what the names of its files begin with. */
export function pageOf(record: BenchRecord, name: string): string {
  const verdicts = judge(record)
  const held = verdicts.filter(({ missedBy }) => missedBy === 0).length
  const goals = tableText({
    columns: ['goal', 'limit', 'worst', 'where', 'verdict'],
    rows: verdicts.map((verdict) => [
      ...[verdict.what, verdict.limit, verdict.worst.value, verdict.worst.where, verdictText(verdict)],
    ]),
  })
  const sections = headings.map(({ heading, ids, chart }) => {
    const tables = ids.map((id) => {
      const table = tableOf(record, id)
      return `### ${table.title}\n\n${tableText(table)}\n\n${table.against}\n`
    })
    const shown = chart ? `![${tableOf(record, ids[0] ?? '').title}](${name}${chart})\n\n` : ''
    return `## ${heading}\n\n${shown}${tables.join('\n')}`
  })
  return `# Performance

${record.date}: ${machineText(record.machine)}.

\`npm run bench -- --write docs/performance\` measured and wrote this page, its charts and [the figures](${name}.json); no figure of a
table is typed by hand. Peers take turns in the same run. Each figure is a median, where Redis takes part of ${record.rounds} rounds of one
turn or many; the memory of waiting jobs is counted once. What they say is the ratios, since absolute times depend on the machine; Redis
shares its cores with Node. Parts run alone:
\`npm run bench -- codec\`, \`jobs\`, \`store\`, \`seals\`, \`growth\` (\`payload\`, \`depth\`, \`models\`, \`concurrency\`, \`processes\`),
\`memory\`.

What is run against BrineMQ is what a careful programmer writes today: classes mapped by hand to plain objects and back, in
\`bench/by-hand.ts\`, with \`JSON.stringify\`, bare BullMQ or ioredis, and no check of anything. Its dates are ISO
texts, as \`JSON.stringify\` itself writes them; milliseconds, which is what BrineMQ writes, would make it about a fifth faster for the
smallest orders.

## Goals

${held} of ${verdicts.length} are held. The figure is the one that is farthest from its goal, of all cells.

${goals}

${reasons}
${sections.join('\n')}`
}
