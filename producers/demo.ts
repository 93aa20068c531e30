// Everything at once, in separate processes: npm run demo, or npm run demo -- PATH for a folder of your own. With --dashboard it
// goes on, and shows its jobs in the browser.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ServedDashboard } from 'brinemq/dashboard'
import { type EmbeddedServer, startEmbedded } from 'brinemq/embedded'
import { openPrograms, type Programs } from './programs.ts'

let interrupted = false
let server: EmbeddedServer | undefined
let programs: Programs | undefined
let dashboard: ServedDashboard | undefined
let wake = () => {}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

try {
  const done = await play(process.argv.slice(2))
  process.exitCode = done ? 0 : 1
} catch (error) {
  if (!interrupted) console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await programs?.close()
  await dashboard?.close()
  await server?.close()
  // Whoever pressed Ctrl-C did not fail.
  if (interrupted) process.exitCode = 0
}

async function play(args: readonly string[]): Promise<boolean> {
  const shows = args.includes('--dashboard')
  const paths = args.filter((arg) => arg !== '--dashboard')
  if (paths.length > 1) throw new Error('usage: npm run demo [-- [--dashboard] PATH]')
  const folders = paths.map(fromWhereItWasTyped)
  for (const path of folders)
    if (!existsSync(path)) throw new Error(`there is nothing at ${path}: give a file or a folder`)

  const redisUrl = process.env['REDIS_URL'] || (await startServer())
  programs = openPrograms(redisUrl)
  if (interrupted) return true
  if (!server) await findRedis(redisUrl)
  const workers = ['greet', 'digest', 'digest'].map((name) => programs?.start(`workers/${name}.ts`))
  for (const worker of workers) {
    const line = await worker
    if (line === undefined) return false
    console.log(`  ${line}`)
  }

  console.log('\n1. The same object in a job, under a key and in a file\n')
  if (!(await programs.run('producers/greet.ts'))) return false
  console.log('\n2. Every file becomes a job, and comes back digested\n')
  const digested = await programs.run('producers/digest.ts', ...folders)
  if (programs.stopped) return false
  console.log('\n3. What goes wrong is heard of where it happens\n')
  const refused = await programs.run('producers/refuse.ts', ...(shows ? ['--keep'] : []))
  if (shows && !interrupted) await show(redisUrl)
  return refused && digested
}

/** Goes on until Ctrl-C. */
async function show(redisUrl: string): Promise<void> {
  const { serveDashboard } = await import('brinemq/dashboard')
  const queues = [(await import('../jobs/greet.ts')).people, (await import('../jobs/digest.ts')).files]
  const log = { info: () => {} }
  const options = { queues, connection: redisUrl, title: 'BrineMQ demo', reveal: true, log }
  // Its own port, or, where that is taken, another.
  dashboard = await serveDashboard(options).catch(() => serveDashboard({ ...options, port: 0 }))
  console.log(`\nThe dashboard is at ${dashboard.url}; Ctrl-C ends everything.`)
  if (interrupted) return
  await new Promise<void>((resolve) => {
    wake = resolve
  })
}

async function startServer(): Promise<string> {
  server = await startEmbedded()
  console.log(`  an embedded Valkey at ${server.url}, which keeps nothing (REDIS_URL names another)`)
  return server.url
}

// Asked once here, a server that is away is told of once, and not by every worker.
async function findRedis(redisUrl: string): Promise<void> {
  const { createStore } = await import('brinemq')
  const store = createStore({ connection: redisUrl })
  try {
    await store.has('brinemq-demo')
    console.log('  the Redis of REDIS_URL')
  } finally {
    await store.close()
  }
}

// npm runs the demo in the project's folder, wherever it was called.
function fromWhereItWasTyped(path: string): string {
  const typedIn = process.env['npm_lifecycle_event'] === 'demo' ? process.env['INIT_CWD'] : undefined
  return resolve(typedIn ?? '.', path)
}

function interrupt(): void {
  if (!interrupted) console.log('\nstopping')
  interrupted = true
  wake()
  programs?.stop()
}
