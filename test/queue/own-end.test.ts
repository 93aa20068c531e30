import { expect, test } from 'vitest'
import { StoredBackend } from '../../src/bullmq/stored-backend.ts'
import { openProducer, openWorker, peopleQueue, rejection, TooYoung } from './people.ts'
import { ada } from './reports.ts'

const outcomes = [
  { title: 'a result', fails: false, options: {} },
  { title: 'an error', fails: true, options: {} },
  { title: 'a result of which nothing is kept', fails: false, options: { removeOnComplete: true } },
  { title: 'an error of which nothing is kept', fails: true, options: { removeOnFail: true } },
]

test.each(outcomes)(
  '$title that is sent again, since its answer was lost, is known as stored',
  async ({ fails, options }) => {
    const contract = peopleQueue()
    const producer = openProducer(contract)
    const told: unknown[] = []
    const worker = openWorker(
      contract,
      (payload) => {
        if (fails) throw new TooYoung(ada)
        return payload
      },
      { onError: (error) => told.push(error) },
    )
    const { backend } = worker.bullmq
    expect(backend).toBeInstanceOf(StoredBackend)
    const send = backend.moveToFinished.bind(backend)
    let sent = 0
    backend.moveToFinished = async (...given) => {
      sent += 1
      await send(...given)
      return send(...given)
    }
    const ended: string[] = []
    worker.bullmq.on('completed', () => ended.push('completed'))
    worker.bullmq.on('failed', () => ended.push('failed'))
    const job = await producer.enqueue('anything', 7, options)
    if (fails) expect(await rejection(job.result())).toBeInstanceOf(TooYoung)
    else expect(await job.result()).toBe(7)
    await expect.poll(() => ended).toEqual([fails ? 'failed' : 'completed'])
    expect(sent).toBe(1)
    expect(told).toEqual([])
  },
)

test('an end that another worker has stored is none of its own', async () => {
  const contract = peopleQueue()
  const producer = openProducer(contract)
  const told: unknown[] = []
  const worker = openWorker(contract, (payload) => payload, { onError: (error) => told.push(error) })
  const { backend } = worker.bullmq
  const send = backend.moveToFinished.bind(backend)
  backend.moveToFinished = async (id, args) => {
    const others = [...args]
    const at = others.indexOf('completed') - 1
    others[at] = String(others[at]).replace('7', '8')
    await send(id, others)
    return send(id, args)
  }
  const job = await producer.enqueue('anything', 7)
  expect(await job.result()).toBe(8)
  await expect.poll(() => told).toMatchObject([{ code: 'LOCK_LOST' }])
})
