export interface Progress {
  advance(): void
  stop(): void
}

const width = 30

/** A bar that fills in place on a terminal, and says each quarter in a line of its own where nobody watches. */
export function startProgress(label: string, total: number): Progress {
  const { stdout } = process
  const steps = stdout.isTTY ? 100 : 4
  let done = 0
  let shown = 0
  const show = () => {
    const share = total === 0 ? 1 : done / total
    const step = Math.floor(share * steps)
    if (step === shown) return
    shown = step
    const filled = Math.floor(share * width)
    const line = `${label}  ${'█'.repeat(filled)}${'░'.repeat(width - filled)}  ${done} of ${total}`
    stdout.write(stdout.isTTY ? `\r${line}` : `${line}\n`)
  }
  return {
    advance() {
      done += 1
      show()
    },
    stop() {
      show()
      stdout.write(stdout.isTTY ? '\n\n' : '\n')
    },
  }
}
