import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { brine, startBrine } from './brine.ts'
import { setStage } from './project/stage.ts'

const urlIn = (text: string) => /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0] ?? ''

vi.setConfig({ testTimeout: 60_000 })

test('brine dashboard serves what the configuration has until Ctrl-C, and tells who did what', async () => {
  const prefix = freshPrefix()
  const client = await setStage(prefix, redisUrl)
  onTestFinished(() => client.disconnect())
  const served = startBrine(['dashboard', '--port', '0', '--reveal'], { prefix })
  await served.said('Ctrl-C ends it')
  const url = urlIn(served.out)
  const listed = await (await fetch(`${url}api/queues?activeQueue=loans`)).text()
  expect(listed).toContain('"Ann"')
  expect(listed).not.toContain('4111-secret')
  expect(await (await fetch(`${url}reveal/loans/done`)).text()).toContain('4111-secret')
  expect((await fetch(`${url}api/queues/loans/lost/retry`, { method: 'PUT' })).status).toBe(204)
  served.child.kill('SIGINT')
  expect(await served.ended).toBe(0)
  expect(served.err).toMatch(/^\S+Z this machine reveal loans done$/m)
  expect(served.err).toMatch(/^\S+Z this machine operate PUT retry loans lost 204$/m)
  await served.leftNothing()
})

test('brine dashboard --read-only lets nobody change anything, and --json gives the address as a document', async () => {
  const served = startBrine(['dashboard', '--port', '0', '--read-only', '--json'], { prefix: freshPrefix() })
  await served.said('\n')
  const { url } = JSON.parse(served.out)
  expect((await fetch(`${url}api/queues/loans/pause`, { method: 'PUT' })).status).toBe(403)
  served.child.kill('SIGTERM')
  expect(await served.ended).toBe(0)
})

test('brine dashboard refuses an address that others reach without a password, and a port that is taken', async () => {
  const prefix = freshPrefix()
  const open = await brine(['dashboard', '--host', '0.0.0.0', '--port', '0'], { prefix })
  expect(open).toMatchObject({ code: 2, out: '' })
  expect(open.err).toContain('set BRINE_DASHBOARD_PASSWORD')
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const taken = await brine(['dashboard', '--port', `${port}`], { prefix })
  expect(taken).toMatchObject({ code: 2, out: '' })
  expect(taken.err).toContain('give another port')
  const nonsense = await brine(['dashboard', '--port', 'http'], { prefix })
  expect(nonsense).toMatchObject({ code: 2, out: '' })
})
