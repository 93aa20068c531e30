import { BrineError } from 'brinemq'
import { type ServeDashboardOptions, serveDashboard, type Visitor } from 'brinemq/dashboard'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { redisUrl } from '../connection.ts'
import { rejection, untyped } from '../queue/people.ts'
import { from, openDashboard, paymentsQueue, payOnce, secrets } from './desk.ts'

afterEach(() => vi.unstubAllEnvs())

async function serve(options: Partial<ServeDashboardOptions> = {}) {
  const log = { info: () => {} }
  const served = await serveDashboard({ queues: [paymentsQueue()], connection: redisUrl, port: 0, log, ...options })
  onTestFinished(() => served.close())
  return served
}

const pause = '/api/queues/payments/pause'
const operator: Visitor = { name: 'ann', role: 'operate' }
const viewer: Visitor = { name: 'bob', role: 'view' }

describe('where it listens', () => {
  test.each(['0.0.0.0', '::', '192.168.0.1', 'example.org'])(
    'refuses %s when nobody is asked who they are',
    async (host) => {
      const refusal = await rejection(serve({ host }))
      expect(refusal).toBeInstanceOf(BrineError)
      expect(refusal).toMatchObject({ code: 'OPTIONS_INVALID', path: 'host' })
    },
  )

  test('takes any address with a hook, or with a password of the environment', async () => {
    expect((await serve({ host: '0.0.0.0', authenticate: () => viewer })).port).toBeGreaterThan(0)
    vi.stubEnv('BRINE_DASHBOARD_PASSWORD', 'open sesame')
    const { port } = await serve({ host: '0.0.0.0' })
    expect((await fetch(`http://127.0.0.1:${port}/api/queues`)).status).toBe(401)
  })

  test('says in one line that a port is taken', async () => {
    const { port } = await serve()
    expect(await rejection(serve({ port }))).toMatchObject({ code: 'OPTIONS_INVALID', path: 'port' })
  })

  test.each([
    [{ queues: [] }, 'queues'],
    [{ queue: [] }, 'queue'],
    [{ basePath: 'jobs' }, 'basePath'],
    [{ role: 'admin' }, 'role'],
    [{ port: 70_000 }, 'port'],
    [{ authenticate: () => viewer, password: 'x' }, 'password'],
  ])('refuses %o', async (options, path) => {
    const given = { queues: [paymentsQueue()], connection: redisUrl, ...options }
    expect(await rejection(untyped(serveDashboard)(given))).toMatchObject({ code: 'OPTIONS_INVALID', path })
  })
})

describe('without authentication', () => {
  test.each([
    [{ host: 'localhost:1' }, 200],
    [{ host: '127.0.0.1:3737' }, 200],
    [{ host: '[::1]:3737' }, 200],
    // A name that was made to point here.
    [{ host: 'evil.example:3737' }, 403],
    [{ host: 'localhost.evil.example' }, 403],
    [{ host: 'localhost', 'x-forwarded-for': '1.2.3.4' }, 403],
  ] as const)('a request with %o is answered with %i', async (headers, status) => {
    const { get } = openDashboard(paymentsQueue())
    expect((await get('/api/queues', headers)).status).toBe(status)
    expect((await get('/', headers)).status).toBe(status)
  })
})

test('without authentication a stranger gets nothing, whatever name they ask for', async () => {
  const { get, dashboard } = openDashboard(paymentsQueue())
  const local = { host: 'localhost' }
  for (const address of ['10.0.0.7', '::ffff:10.0.0.7', '2001:db8::1', '127.0.0.1.evil.example']) {
    expect((await get('/api/queues', local, from(address))).status).toBe(403)
  }
  for (const address of ['127.0.0.2', '::1', '::ffff:127.0.0.1']) {
    expect((await get('/api/queues', local, from(address))).status).toBe(200)
  }
  // Nobody says where this one is from.
  expect((await dashboard.fetch(new Request('http://localhost/api/queues'))).status).toBe(403)
})

describe('requests that change something', () => {
  test.each([
    [{}, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'http://localhost' }, 200],
    [{ origin: 'http://localhost:8080' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
  ])('with %o are answered with %i', async (headers, status) => {
    const { send } = openDashboard(paymentsQueue(), { authenticate: () => operator })
    expect((await send('PUT', pause, {}, headers)).status).toBe(status)
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('are refused to a viewer: %s', async (method) => {
    const { send, lines } = openDashboard(paymentsQueue(), { authenticate: () => viewer })
    for (const path of [pause, '/', '/api/queues/payments/add', '/api/queues/payments/x/retry', '/nowhere']) {
      expect((await send(method, path)).status).toBe(403)
    }
    expect(lines).toEqual([])
  })

  test('are refused when they are too large', async () => {
    const { send } = openDashboard(paymentsQueue())
    const refused = await send('POST', '/api/queues/payments/add', {}, { 'content-length': `${10_000_000}` })
    expect(refused.status).toBe(413)
  })
})

describe('a password', () => {
  const password = 'open sesame'

  test('is asked for by a page, and lets in by a cookie that scripts cannot read', async () => {
    const { get, send, dashboard, lines } = openDashboard(paymentsQueue(), { password, role: 'view' })
    const sent = await get('/', { accept: 'text/html' })
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/sign-in'])
    expect((await get('/api/queues')).status).toBe(401)
    expect((await get('/static/js/main.js')).status).toBe(401)
    expect((await send('PUT', pause)).status).toBe(401)
    expect(await (await get('/sign-in')).text()).toContain('type="password"')
    const enter = (given: string, headers = {}) =>
      dashboard.fetch(
        new Request('http://localhost/sign-in', {
          method: 'POST',
          body: new URLSearchParams({ password: given }),
          headers,
        }),
      )
    expect((await enter('open')).status).toBe(401)
    expect((await enter(password, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const entered = await enter(password)
    const cookie = entered.headers.get('set-cookie') ?? ''
    expect(entered.status).toBe(303)
    expect(cookie).toMatch(/^brine_dashboard=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/)
    const [pair = ''] = cookie.split(';')
    expect((await get('/api/queues', { cookie: `other=1; ${pair}` })).status).toBe(200)
    expect((await get('/api/queues', { cookie: `${pair}x` })).status).toBe(401)
    expect((await send('PUT', pause, {}, { cookie: pair })).status).toBe(403)
    expect(lines.map(({ what }) => what)).toEqual(['sign-in-refused', 'sign-in'])
  })

  test('is taken from programs as HTTP has it', async () => {
    const { get } = openDashboard(paymentsQueue(), { password })
    const basic = (given: string) => ({ authorization: `Basic ${Buffer.from(`me:${given}`).toString('base64')}` })
    expect((await get('/api/queues', basic(password))).status).toBe(200)
    expect((await get('/api/queues', basic('else'))).status).toBe(401)
  })
})

describe('sensitive fields', () => {
  test('are shown to who may, one job at a time, and each time is logged before', async () => {
    const contract = paymentsQueue()
    await payOnce(contract)
    const reveals: Visitor = { ...viewer, reveal: true }
    const { get, lines } = openDashboard(contract, { authenticate: () => reveals, basePath: '/jobs' })
    const listed = await (await get('/api/queues?activeQueue=payments')).text()
    for (const secret of secrets) expect(listed).not.toContain(secret)
    expect(listed).toContain('/jobs/reveal/payments/paid')
    const page = await get('/reveal/payments/paid')
    const html = await page.text()
    for (const secret of secrets) expect(html).toContain(secret)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(lines).toEqual([{ who: 'bob', at: expect.any(Date), what: 'reveal', queue: 'payments', id: 'paid' }])
    expect((await get('/reveal/payments/nobody')).status).toBe(404)
    expect((await get('/reveal/payments-quarantine/cut')).status).toBe(200)
    expect(lines).toHaveLength(2)
  })

  test('are not shown to who may not', async () => {
    const contract = paymentsQueue()
    await payOnce(contract)
    const { get, lines } = openDashboard(contract, { authenticate: () => operator })
    expect((await get('/reveal/payments/paid')).status).toBe(403)
    expect(await (await get('/api/queues?activeQueue=payments')).text()).not.toContain('/reveal/')
    expect(lines).toEqual([])
  })
})

test('an authenticate hook that throws, or gives nonsense, lets nobody in', async () => {
  const nonsense = openDashboard(paymentsQueue(), {
    authenticate: untyped(() => ({ name: 'x', role: 'root' })) as never,
  })
  expect((await nonsense.get('/api/queues')).status).toBe(500)
  const nobody = openDashboard(paymentsQueue(), { authenticate: () => undefined })
  expect((await nobody.get('/api/queues')).status).toBe(401)
  const throws = openDashboard(paymentsQueue(), {
    authenticate: async () => {
      throw new Error('the session store is gone: secret-7')
    },
  })
  for (const refused of [await throws.get('/api/queues'), await throws.send('PUT', pause)]) {
    expect([refused.status, refused.headers.get('x-frame-options')]).toEqual([500, 'DENY'])
    expect(await refused.text()).not.toContain('secret-7')
  }
  expect(throws.lines).toEqual([
    expect.objectContaining({ what: 'authenticate-failed', reason: 'Error: the session store is gone: secret-7' }),
    expect.anything(),
  ])
})

test('every answer has a strict policy for scripts, frames and types', async () => {
  const { get } = openDashboard(paymentsQueue())
  for (const path of ['/', '/api/queues', '/nowhere', '/reveal/a/b', '/static/favicon.ico']) {
    const { headers } = await get(path)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/)
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
  }
  expect(await (await get('/')).text()).not.toMatch(/https?:\/\//)
})
