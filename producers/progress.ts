export interface Progress {
  advance(): void
  stop(): void
}

const width = 30

/** A bar that fills in place on a terminal, and says each quarter in a line of its own where nobody watches. */
export function startProgress(label: string, total: number): Progress {
  const { stdout } = process
  let done = 0
  let shown = -1
  const show = () => {
    const share = total === 0 ? 1 : done / total
    const filled = Math.floor(share * width)
    const step = stdout.isTTY ? done : Math.floor(share * 4)
    if (step === shown) return
    shown = step
    const line = `${label} [${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${done}/${total}`
    stdout.write(stdout.isTTY ? `\r${line}` : `${line}\n`)
  }
  show()
  return {
    advance() {
      done += 1
      show()
    },
    stop() {
      if (stdout.isTTY) stdout.write('\n')
    },
  }
}
