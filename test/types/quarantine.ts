import type { Producer, QuarantinedJob, QuarantineGroup } from 'brinemq'
import { createQuarantine, defineQueue } from 'brinemq'
import type { Inline } from 'brinemq/testing'
import { z } from 'zod'
import type { KeptJob } from '../../src/quarantine/quarantined-job.ts'

const people = defineQueue('people', { jobs: { greet: { payload: z.string(), result: z.number() } } })
declare const producer: Producer<typeof people>
declare const inline: Inline<typeof people>

export async function asks(): Promise<void> {
  const { quarantine } = producer
  const count: number = await quarantine.count()
  const groups: QuarantineGroup[] = await quarantine.groups({ code: 'PAYLOAD_INVALID', since: new Date(count) })
  for await (const job of quarantine.list({ job: 'greet', order: 'oldest' }))
    ({ job }) satisfies { job: QuarantinedJob }
  const kept: KeptJob | undefined = await quarantine.get('1')
  const bytes: Buffer | undefined = kept?.fields.get('data')
  await quarantine.replay(groups[0]?.ids ?? [], { dryRun: true })
  await quarantine.discard({})
  await createQuarantine(people).close()
  // @ts-expect-error what is meant must be told
  await quarantine.discard()
  // @ts-expect-error what is meant must be told
  await quarantine.replay(undefined)
  // @ts-expect-error a filter has known names
  await quarantine.replay({ cod: 'x' })
  // @ts-expect-error the time is a Date
  await quarantine.list({ since: 5 }).next()
  void bytes
}

export async function hears(): Promise<void> {
  for await (const event of producer.events()) {
    if (event.type !== 'quarantined') continue
    const code: string = event.code
    const cause: unknown = event.error.cause
    // @ts-expect-error there is no result
    event.result
    void [code, cause]
  }
  for (const outcome of await inline.drain()) {
    if (outcome.state === 'quarantined') outcome.error.code satisfies string
    // @ts-expect-error only what completed has one
    else outcome.result
  }
}
