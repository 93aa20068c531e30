import { expect, onTestFinished, test } from 'vitest'
import { StoredEvents, StoredQueue } from '../../src/bullmq/stored-queue.ts'
import { openConnection } from '../../src/connection/connection.ts'
import { createOutcomes } from '../../src/job/outcome.ts'
import { redisUrl } from '../connection.ts'
import { gate, openProducer, openWorker, type People, peopleQueue, rejection } from './people.ts'

/** Waits for ends of jobs, with events and answers that come when the test says so, since either may be late. */
function openLate(contract: People) {
  const connection = openConnection(redisUrl, 'fail')
  const reader = connection.another()
  const prefix = String(contract.prefix)
  const queue = new StoredQueue(contract.name, connection, { prefix })
  const held: [name: string, tell: () => void][] = []
  const opened: StoredEvents[] = []
  let holds = true
  const outcomes = createOutcomes({
    queue,
    readBack: (end, count) => connection.client.xrevrange(queue.keys['events'] ?? '', end, '-', 'COUNT', count),
    openEvents(lastEventId) {
      const events = new StoredEvents(contract.name, reader, { prefix, lastEventId })
      const { emit } = events
      const tell = (given: unknown[]) => Reflect.apply(emit, events, given)
      Reflect.set(events, 'emit', (...given: unknown[]) => {
        if (holds && given[0] !== 'error') held.push([String(given[0]), () => tell(given)])
        else tell(given)
      })
      opened.push(events)
      return events
    },
  })
  onTestFinished(async () => {
    outcomes.close()
    await Promise.all(opened.map((events) => events.close()))
    await queue.close()
    await Promise.all([reader.close(), connection.close()])
  })
  return {
    wait: (id: string) => outcomes.wait({ id, name: 'anything' }, { timeoutMs: 20_000 }),
    /** Once so many events of a name have come, tells them and what follows. */
    async tell(name: string, count: number) {
      await expect.poll(() => held.filter(([one]) => one === name).length).toBe(count)
      holds = false
      for (const [, tell] of held) tell()
    },
    /** Holds answers back, each of which is of the time when it was asked for; gives what to wait for, and how to go on. */
    holdAnswers() {
      const [asked, answered] = [gate(), gate()]
      const read = queue.backend.readOutcomes.bind(queue.backend)
      queue.backend.readOutcomes = async (ids) => {
        const outcome = await read(ids)
        asked.open()
        await answered.opened
        return outcome
      }
      return { asked: asked.opened, answer: answered.open }
    },
  }
}

/** A job that has failed once, and waits again while the queue is paused. */
async function openRetried() {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const late = openLate(contract)
  let runs = 0
  openWorker(contract, () => {
    runs += 1
    throw new Error(`run ${runs}`)
  })
  const job = await producer.enqueue('anything', 1, { jobId: 'a', delay: 60_000 })
  const { asked, answer } = late.holdAnswers()
  const first = late.wait('a')
  await asked
  answer()
  await job.promote()
  await rejection(job.result())
  // Two who wait: the one asks, and the other is answered too.
  expect(await late.wait('a')).toMatchObject({ state: 'failed', reason: 'run 1' })
  expect(await first).toMatchObject({ state: 'failed', reason: 'run 1' })
  await producer.control.pause()
  await job.retry()
  return { late, resume: producer.control.resume }
}

const second = { state: 'failed', reason: 'run 2', encoded: expect.stringContaining('run 2') }

test('is told the end of the run that it waits for, though the event of the run before comes late', async () => {
  const { late, resume } = await openRetried()
  const { asked, answer } = late.holdAnswers()
  const ended = late.wait('a')
  await asked
  answer()
  await late.tell('failed', 1)
  await resume()
  expect(await ended).toMatchObject(second)
})

test('the same where that event comes before the answer whether the job has ended', async () => {
  const { late, resume } = await openRetried()
  const { asked, answer } = late.holdAnswers()
  const ended = late.wait('a')
  await asked
  await late.tell('failed', 1)
  answer()
  await resume()
  expect(await ended).toMatchObject(second)
})

test('the same where the job has ended before that answer comes', async () => {
  const { late, resume } = await openRetried()
  const { asked, answer } = late.holdAnswers()
  const ended = late.wait('a')
  await asked
  await resume()
  await late.tell('failed', 2)
  answer()
  expect(await ended).toMatchObject(second)
})
