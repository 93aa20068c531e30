import { suffix } from '../contract/quarantine-name.ts'
import { givenValue } from '../monitor/describe-reading.ts'
import type { MonitoredJob, Reading } from '../monitor/monitored-job.ts'
import { readKept } from '../monitor/read-job.ts'
import type { JobPart } from '../notation/job-part.ts'
import type { BoardQueue } from './board/board-queue.ts'
import { escaped, page } from './page.ts'
import { presentText } from './present.ts'

/** The job of an id in the queue, or quarantine, of a name, as the board names them. */
export async function findShown(
  queues: readonly BoardQueue[],
  name: string,
  id: string,
): Promise<{ source: BoardQueue; job: MonitoredJob } | undefined> {
  const source = queues.find(({ contract }) => contract.name === name)
  if (source) {
    const job = await source.monitor.job(id)
    return job && !job.quarantine ? { source, job } : undefined
  }
  const of = queues.find(({ contract }) => contract.name + suffix === name)
  const kept = await of?.producer.quarantine.get(id)
  return of && kept && { source: of, job: await readKept(of, kept) }
}

/** What a job holds, with its sensitive fields. */
export function revealPage({ source: { contract }, job }: { source: BoardQueue; job: MonitoredJob }): Response {
  const parts: string[] = []
  const add = (title: string, text: string) => {
    parts.push(`<h2>${title}</h2><pre>${escaped(text)}</pre>`)
  }
  const shown = (value: unknown, part: JobPart) => presentText(value, { contract, job: job.name, part, reveal: true })
  const read = (title: string, reading: Reading<unknown> | undefined, part: JobPart) => {
    if (!reading) return
    if (!reading.unreadable) return add(title, shown(givenValue(reading), part))
    const { decoded, unreadable } = reading
    add(title, decoded ? `${unreadable.message}\n\n${shown(decoded.value, part)}` : unreadable.message)
  }
  read('Payload', job.payload, 'payload')
  read('Progress', job.progress, 'progress')
  read('Result', job.result, 'result')
  if (job.error) add('Error', shown(job.error.value, 'error'))
  if (job.formerError) add('Error of an earlier attempt', shown(job.formerError.value, 'error'))
  const note = '<p>With its sensitive fields. That you had them shown is in the log.</p>'
  return page(`${job.storedName} ${job.id} of ${job.queue}`, note + parts.join(''))
}
