import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type HealthOptions, serveHealth } from 'brinemq/health'
import { createMetrics } from 'brinemq/metrics'
import { expect, onTestFinished, test } from 'vitest'
import { openWorker, peopleQueue } from '../queue/people.ts'

async function open(options: Omit<HealthOptions, 'port'>) {
  const health = await serveHealth({ port: 0, ...options })
  onTestFinished(() => health.close())
  return async (path: string) => {
    const response = await fetch(health.url + path)
    return { status: response.status, text: await response.text() }
  }
}

const well = {
  queue: 'people',
  isConnected: true,
  isPaused: false,
  isClosing: false,
  isStuck: false,
  running: 0,
  clockAheadMs: 0,
}

test('says whether a worker is ready: connected, not paused, not closing', async () => {
  const worker = openWorker(peopleQueue(), () => 'done')
  const metrics = createMetrics()
  const get = await open({ workers: [worker], metrics })
  await worker.waitUntilReady()
  await expect.poll(() => get('/readyz')).toMatchObject({ status: 200 })
  expect(JSON.parse((await get('/readyz')).text)).toEqual({ ok: true, workers: [well] })
  await worker.pause()
  expect(await get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('"isPaused":true') })
  expect(await get('/healthz')).toMatchObject({ status: 200 })
  await worker.resume()
  expect(await get('/readyz')).toMatchObject({ status: 200 })
  await worker.close()
  expect(await get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('"isClosing":true') })
  expect(await get('/metrics')).toMatchObject({ status: 200, text: expect.stringContaining('brinemq_jobs_completed') })
  expect(await get('/')).toMatchObject({ status: 404 })
})

test('says that a worker which cannot connect is not ready, but lives', async () => {
  const worker = openWorker(peopleQueue(), () => 'done', { connection: 'redis://127.0.0.1:1' })
  const get = await open({ workers: [worker] })
  expect(await get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('"isConnected":false') })
  expect(await get('/healthz')).toMatchObject({ status: 200 })
  expect(await get('/metrics')).toMatchObject({ status: 404 })
})

test('says that a worker is stuck, and asks each time which workers there are', async () => {
  const stuck = { health: () => ({ ...well, isStuck: true }) }
  const workers: (typeof stuck)[] = []
  const get = await open({ workers: () => workers })
  expect(await get('/healthz')).toMatchObject({ status: 200 })
  expect(await get('/readyz')).toMatchObject({ status: 503 })
  workers.push(stuck)
  expect(await get('/healthz')).toMatchObject({ status: 503 })
  expect(await get('/readyz')).toMatchObject({ status: 503 })
})

test('answers requests of any path, and goes on when what it was given fails', async () => {
  const fails = () => {
    throw new Error('a secret')
  }
  const { url, close } = await serveHealth({ port: 0, workers: fails, metrics: { handle: async () => fails() } })
  onTestFinished(close)
  const { port, hostname } = new URL(url)
  async function get(path: string) {
    const asked = request({ port, host: hostname, path }).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return { status: response.statusCode, text: (await response.setEncoding('utf8').toArray()).join('') }
  }
  for (const path of ['//', '//a:b:c/healthz', 'http://[', '*', '/healthz/']) {
    expect(await get(path), path).toMatchObject({ status: 404 })
  }
  for (const path of ['/healthz', '/readyz?now', '/metrics']) {
    expect(await get(path), path).toEqual({ status: 500, text: '' })
  }
})

test('refuses a port that is taken', async () => {
  const { url, close } = await serveHealth({ port: 0, workers: [] })
  onTestFinished(close)
  const port = Number(new URL(url).port)
  await expect(serveHealth({ port, workers: [] })).rejects.toMatchObject({ code: 'OPTIONS_INVALID', path: 'port' })
})

test.each([
  [{ workers: [], port: -1 }, 'port'],
  [{ workers: {}, port: 0 }, 'workers'],
  [{ workers: [], port: 0, ports: 1 }, 'ports'],
  [{ workers: [], port: 0, host: '' }, 'host'],
  [{ workers: [], port: 0, host: '192.0.2.1' }, 'port'],
])('refuses %j', async (options, path) => {
  await expect(Reflect.apply(serveHealth, undefined, [options])).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    path,
  })
})
