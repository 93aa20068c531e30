import type { Command } from 'commander'
import { inSession } from './in-session.ts'

/** `brine pause` and `brine resume`: whether workers take jobs of a queue. */
export function addPause(program: Command): void {
  add(program, 'pause', 'let no worker take a job of the queue; what runs goes on')
  add(program, 'resume', 'let workers take jobs of the queue again')
}

function add(program: Command, name: 'pause' | 'resume', description: string): void {
  program
    .command(name)
    .description(description)
    .option('-q, --queue <name>', 'the queue, when there are several')
    .action(
      inSession<{ queue?: string }>(async (session, { queue }) => {
        const contract = await session.contract(queue)
        const { control } = await session.producer(contract)
        await control[name]()
        const paused = await control.isPaused()
        if (session.json) session.terminal.json({ queue: contract.name, paused })
        else session.terminal.print(`${contract.name} is ${paused ? 'paused' : 'not paused'}`)
        return undefined
      }),
    )
}
