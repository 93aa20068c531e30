import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { probePort } from '../../src/embedded/port.ts'

/** Whether this machine has a redis-server. Where CI runs, its absence is a failure and no reason to skip. */
export const canRun = spawnSync('redis-server', ['--version']).status === 0 || Boolean(process.env['CI'])

/** For a title: says why the tests under it are skipped, when they are. */
export const why = canRun ? '' : ' (skipped: there is no redis-server here)'
if (!canRun) console.warn('the fault tests are skipped: there is no redis-server here; apt-get install redis-server')

export interface NativeRedis {
  readonly port: number
  /** Starts it, with what it kept, and resolves when it accepts connections. Rejects with its log when it does not start. */
  start(): Promise<void>
  /** SIGKILL: it finishes nothing. */
  kill(): Promise<void>
  /** Cuts bytes off the end of what it keeps, of a server that was killed: what a disk did not have when the power went. */
  cut(bytes: number): Promise<void>
  /** SIGSTOP and SIGCONT: it holds its connections, and answers nothing. */
  freeze(): void
  thaw(): void
}

/** A native Redis that writes every command to a file before it answers, for the running test. */
export async function nativeRedis(...options: string[]): Promise<NativeRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'brine-redis-'))
  const port = await probePort()
  const listen = options.includes('--tls-port') ? [] : ['--port', `${port}`]
  const keep = ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
  let server: ChildProcess | undefined

  async function kill(): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  }
  onTestFinished(async () => {
    await kill()
    await rm(folder, { recursive: true })
  })

  return {
    port,
    async start() {
      const tls = options.map((option) => (option === 'PORT' ? `${port}` : option))
      const started = spawn('redis-server', [...listen, ...keep, ...tls], { stdio: ['ignore', 'pipe', 'pipe'] })
      server = started
      const log: string[] = []
      started.on('error', (error) => log.push(error.message))
      started.stderr.on('data', (text) => log.push(`${text}`))
      for await (const line of createInterface(started.stdout)) {
        log.push(line)
        if (line.includes('Ready to accept connections')) {
          started.stdout.resume()
          return
        }
      }
      throw new Error(`redis-server did not start: ${log.join('\n')}`)
    },
    kill,
    async cut(bytes) {
      const kept = join(folder, 'appendonlydir')
      const last = (await readdir(kept))
        .filter((name) => name.endsWith('.incr.aof'))
        .sort()
        .at(-1)
      const file = join(kept, String(last))
      await truncate(file, Math.max(0, (await stat(file)).size - bytes))
    },
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
  }
}

/** A certificate for 127.0.0.1 that nobody signed but itself, for the running test. */
export async function selfSigned(): Promise<{ key: string; certificate: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'brine-tls-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', certificate]
  await promisify(execFile)('openssl', [...made, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'])
  return { key, certificate }
}
