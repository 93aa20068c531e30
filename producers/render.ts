// Follows films by their events, and cancels one that takes too long: npx tsx producers/render.ts, with workers/render.ts.
import './say-errors.ts'
import { BrineError, createProducer } from 'brinemq'
import { films } from '../jobs/render.ts'

const producer = createProducer(films, { connection: process.env['REDIS_URL'] })
const events = producer.events()

const [short, endless, waiting] = await producer.enqueueBulk([
  { name: 'render', payload: { title: 'Short', frames: 2, msPerFrame: 10 } },
  { name: 'render', payload: { title: 'Endless', frames: 1_000_000, msPerFrame: 10 } },
  { name: 'render', payload: { title: 'Waiting', frames: 2, msPerFrame: 10 } },
])
const titles = new Map([
  [short.id, 'Short'],
  [endless.id, 'Endless'],
  [waiting.id, 'Waiting'],
])

for await (const event of events) {
  const title = titles.get(event.id ?? '')
  if (title === undefined) continue
  if (event.type === 'progress' && event.name === 'render' && title === 'Short') {
    console.log(`${title}: ${event.progress}`)
  }
  if (event.type === 'completed' && event.name === 'render') console.log(`${title}: ended with ${event.result}`)
  if (event.type === 'active' && title === 'Endless') {
    console.log(`Waiting: cancel ${(await waiting.cancel('not needed')).state}`)
    console.log(`Endless: cancel ${(await endless.cancel('it never ends')).state}`)
  }
  if (event.type === 'removed' && event.error instanceof BrineError) console.log(`${title}: ${event.error.message}`)
  if (event.type === 'failed') {
    console.log(`${title}: ${event.error instanceof Error ? event.error.message : event.error}`)
    break
  }
}
console.log(`Short is ${await short.state()}, Endless ${await endless.state()}, Waiting ${await waiting.state()}`)
await producer.close()
