// Everything at once, in separate processes: npm run demo, or npm run demo -- PATH for a folder of your own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type EmbeddedServer, startEmbedded } from 'brinemq/embedded'

const stopping = new AbortController()
const children = new Set<ChildProcess>()
let server: EmbeddedServer | undefined

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())
stopping.signal.addEventListener('abort', () => {
  for (const child of children) child.kill('SIGTERM')
})

const paths = process.argv.slice(2)
const [path] = paths
if (paths.length > 1 || (path !== undefined && !existsSync(path))) {
  console.error(
    paths.length > 1 ? 'usage: npm run demo [-- PATH]' : `there is nothing at ${path}: give a file or a folder`,
  )
  process.exit(1)
}

try {
  process.exitCode = await play()
} finally {
  await Promise.all([...children].map(end))
  await server?.close()
}

async function play(): Promise<number> {
  let url = process.env['REDIS_URL']
  if (!url) {
    server = await startEmbedded()
    url = server.url
    console.log(`Redis: an embedded Valkey at ${url}, which keeps nothing. Set REDIS_URL to use one of yours.`)
  }
  if (stopping.signal.aborted) return 0
  const env = { ...process.env, REDIS_URL: url }
  for (const worker of ['greet', 'digest', 'digest']) start(`workers/${worker}.ts`, [], env)

  console.log('\n1. The same object in a job, under a key and in a file')
  let failed = await run('producers/greet.ts', [], env)
  console.log('\n2. Every file becomes a job')
  failed ||= await run('producers/digest.ts', path === undefined ? [] : [path], env)
  console.log('\n3. What goes wrong is heard of where it happens')
  failed ||= await run('producers/refuse.ts', [], env)
  return failed ? 1 : 0
}

/** Runs a program of this project to its end. Whoever pressed Ctrl-C did not fail. */
async function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  if (stopping.signal.aborted) return false
  const [code] = await once(start(file, args, env), 'exit')
  return code !== 0 && !stopping.signal.aborted
}

function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const program = fileURLToPath(new URL(`../${file}`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

// A worker finishes what it runs. One that does not end in time is ended.
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.kill('SIGTERM')
  await gone
  clearTimeout(late)
}
