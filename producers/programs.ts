import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Programs of this project, each in a process of its own. None outlives this process. */
export interface Programs {
  /** Whether they were told to stop. What is started later ends at once. */
  readonly stopped: boolean
  /** Starts one that goes on, and gives the line that it prints when it is ready; undefined when it ended before. */
  start(file: string): Promise<string | undefined>
  /** Runs one to its end, and tells whether it did what it should. */
  run(file: string, ...args: string[]): Promise<boolean>
  /** Lets all of them end: workers finish what they run. May be called again. */
  stop(): void
  /** Stops them, and resolves when they have ended. */
  close(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const endWithDemo = new URL('./end-with-demo.ts', import.meta.url).href
const patienceMs = 10_000

/** Opens a place for programs that find Redis at `redisUrl`. */
export function openPrograms(redisUrl: string): Programs {
  const running = new Set<ChildProcess>()
  let stopped = false

  function spawnProgram(file: string, args: readonly string[], output: 'inherit' | 'pipe'): ChildProcess {
    const child = spawn(process.execPath, ['--import', 'tsx', '--import', endWithDemo, file, ...args], {
      cwd: root,
      env: { ...process.env, REDIS_URL: redisUrl },
      stdio: ['ignore', output, 'inherit', 'ipc'],
      // Out of the terminal's process group: Ctrl-C reaches the demo alone, which then ends the others in order.
      detached: true,
      windowsHide: true,
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    if (stopped) child.kill('SIGTERM')
    return child
  }

  function stop(): void {
    stopped = true
    // A second signal would end a worker that is finishing its jobs.
    for (const child of running) if (!child.killed) child.kill('SIGTERM')
  }

  return {
    get stopped() {
      return stopped
    },
    async start(file) {
      const { stdout } = spawnProgram(file, [], 'pipe')
      if (!stdout) return undefined
      const lines = createInterface(stdout)
      const [line]: unknown[] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
      return line === undefined ? undefined : String(line)
    },
    async run(file, ...args) {
      const [code] = await once(spawnProgram(file, args, 'inherit'), 'exit')
      return code === 0
    },
    stop,
    async close() {
      stop()
      const late = setTimeout(() => {
        for (const child of running) child.kill('SIGKILL')
      }, patienceMs)
      await Promise.all([...running].map((child) => once(child, 'exit')))
      clearTimeout(late)
    },
  }
}
