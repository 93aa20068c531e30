// Compiled, never run: what must compile does, and what must not is expected not to.
import { createProducer, defineQueue } from 'brinemq'
import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_ extends true>() => {}

const jobs = {
  greet: { payload: z.object({ at: z.date() }), result: z.string() },
  measure: { payload: z.string().transform((text) => text.length) },
}
const payload = { at: new Date() }
const repeat = { every: 5 }

const people = defineQueue('people', {
  jobs,
  schedules: {
    nightly: { job: 'greet', payload, repeat: { pattern: '0 3 * * *', tz: 'Europe/Berlin' }, options: { attempts: 3 } },
    often: { job: 'measure', payload: 'text', repeat: { every: 500, limit: 3 } },
  },
})
holds<Same<keyof (typeof people)['jobs'], 'greet' | 'measure'>>()

export async function schedules() {
  const { schedules } = createProducer(people)
  const { nextRun, next } = await schedules.upsert('a', { name: 'greet', payload, repeat })
  holds<Same<typeof next, Date>>()
  holds<Same<Awaited<ReturnType<typeof nextRun.result>>, string>>()
  for (const schedule of await schedules.list()) {
    if (schedule.error) holds<Same<typeof schedule.name, string>>()
    else if (schedule.name === 'greet') holds<Same<typeof schedule.payload, { at: Date }>>()
    // What the handler receives is the schema's output.
    else holds<Same<typeof schedule.payload, number>>()
  }
  const removed = await schedules.remove('a')
  holds<Same<typeof removed, boolean>>()
  const { added } = await schedules.reconcile()
  holds<Same<typeof added, string[]>>()

  // @ts-expect-error there is no such job
  await schedules.upsert('a', { name: 'nobody', payload, repeat })
  // @ts-expect-error the payload of another job
  await schedules.upsert('a', { name: 'measure', payload, repeat })
  // @ts-expect-error a schedule needs a pattern or a time between
  await schedules.upsert('a', { name: 'greet', payload, repeat: { limit: 5 } })
  // @ts-expect-error and not both
  await schedules.upsert('a', { name: 'greet', payload, repeat: { every: 5, pattern: '* * * * *' } })
  // @ts-expect-error BullMQ has no such option
  await schedules.upsert('a', { name: 'greet', payload, repeat: { cron: '* * * * *' } })
  // @ts-expect-error the runs of a schedule have no delay of their own
  await schedules.upsert('a', { name: 'greet', payload, repeat, options: { delay: 5 } })
}

export function declares() {
  // @ts-expect-error there is no such job
  defineQueue('a', { jobs, schedules: { nightly: { job: 'nobody', payload, repeat } } })
  // @ts-expect-error the payload of another job
  defineQueue('a', { jobs, schedules: { nightly: { job: 'measure', payload, repeat } } })
  // @ts-expect-error a payload is needed
  defineQueue('a', { jobs, schedules: { nightly: { job: 'greet', repeat } } })
  // @ts-expect-error a schedule says when
  defineQueue('a', { jobs, schedules: { nightly: { job: 'greet', payload } } })
}
