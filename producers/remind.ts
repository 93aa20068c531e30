// Jobs that run again and again: npx tsx producers/remind.ts, with workers/remind.ts in another terminal.
import './say-errors.ts'
import { createProducer } from 'brinemq'
import { Reminder, reminders } from '../jobs/remind.ts'

const producer = createProducer(reminders, { connection: process.env['REDIS_URL'] })
const { schedules } = producer

// Those of the contract: once, whoever is first.
await schedules.reconcile()
const declared = await schedules.get('new-year')
console.log(`  declared     ${declared?.payload?.say()}`)
console.log(`  next run     ${declared?.next.toISOString().slice(5)}`)

// One made by hand, which runs at once for the first time.
const tea = new Reminder('drink tea', new Date('2020-01-01'))
const { nextRun } = await schedules.upsert('tea', { name: 'remind', payload: tea, repeat: { every: 3_600_000 } })
console.log(`  by hand      ${await nextRun.result({ timeoutMs: 30_000 })}`)
console.log(`  there are    ${(await schedules.list()).map(({ id }) => id).join(', ')}`)
console.log(`  removed      ${await schedules.remove('tea')}`)
await producer.close()
