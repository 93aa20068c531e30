import { describe, expect, test } from 'vitest'
import { createGuesses } from '../../src/dashboard/guesses.ts'
import { from, openDashboard, paymentsQueue } from './desk.ts'

describe('guessing a password', () => {
  const password = 'open sesame'

  function open() {
    const { get, dashboard, lines } = openDashboard(paymentsQueue(), { password })
    const enter = (given: string, address = '10.0.0.1') =>
      dashboard.fetch(
        new Request('http://localhost/sign-in', { method: 'POST', body: new URLSearchParams({ password: given }) }),
        from(address),
      )
    const basic = (given: string, address = '10.0.0.1') =>
      get('/api/queues', { authorization: `Basic ${Buffer.from(`me:${given}`).toString('base64')}` }, from(address))
    return { enter, basic, lines }
  }

  test('does not lock out those who know it, wherever others guess from, and however many', async () => {
    const { enter, basic } = open()
    const addresses = Array.from({ length: 200 }, (_, at) => (at < 100 ? '10.0.0.1' : `10.0.1.${at}`))
    const guessing = addresses.map((address, at) => enter(`guess ${at}`, address))
    expect((await enter(password)).status).toBe(303)
    expect((await basic(password)).status).toBe(200)
    const refused = await Promise.all(guessing)
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([401, 429]))
    expect((await enter(password)).status).toBe(303)
  })

  test('is limited for each client, and then no longer logged', async () => {
    const { enter, basic, lines } = open()
    const statuses = async (address: string, more: number) => {
      const answers = await Promise.all(Array.from({ length: more }, (_, at) => enter(`guess ${at}`, address)))
      return answers.map(({ status }) => status)
    }
    expect(await statuses('10.0.0.1', 12)).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
    expect((await basic('guess')).status).toBe(401)
    expect(lines).toHaveLength(11)
    expect(await statuses('10.0.0.2', 1)).toEqual([401])
    const over = await enter('guess')
    expect(over.headers.get('retry-after')).toBe('60')
  })

  test.each([
    ['10.0.0.1', '::ffff:10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['2001:db8::1', '2001:db8:0:0:ffff::2', true],
    ['2001:db8::1', '2001:0DB8::1%eth0', true],
    ['2001:db8::1', '2001:db8:0:1::1', false],
    ['::1', '::2', true],
    [undefined, undefined, true],
    [undefined, '10.0.0.1', false],
  ])('takes %s and %s for one client: %s', (one, other, isOne) => {
    const guesses = createGuesses()
    for (let wrong = 0; wrong < 10; wrong++) expect(guesses.count(one).isOver).toBe(false)
    expect(guesses.count(other).isOver).toBe(isOne)
  })

  test('is forgotten after a minute, and when there are too many clients', () => {
    let now = 0
    const guesses = createGuesses(() => now)
    for (let wrong = 0; wrong < 11; wrong++) guesses.count('10.0.0.1')
    expect(guesses.count('10.0.0.1')).toEqual({ isOver: true, isFirstOver: false })
    now += 60_000
    expect(guesses.count('10.0.0.1')).toEqual({ isOver: false, isFirstOver: false })
    for (let at = 0; at < 30_000; at++) guesses.count(`10.1.${at >> 8}.${at & 255}`)
    expect(guesses.clients).toBe(10_000)
  })
})
