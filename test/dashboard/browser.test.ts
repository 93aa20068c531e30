import { createFlowProducer, defineQueue, node } from 'brinemq'
import { type ServeDashboardOptions, serveDashboard, type Visitor } from 'brinemq/dashboard'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { freshPrefix, openClient, redisUrl } from '../connection.ts'
import { canBrowse, launchBrowser, look, why } from './chromium.ts'
import { ann, openTill, type Payments, payment, paymentsQueue, payOnce, secrets } from './desk.ts'

const operator: Visitor = { name: 'ann', role: 'operate' }

describe.skipIf(!canBrowse)(`in a browser${why}`, { timeout: 120_000 }, () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  /** A page for the running test, which fails when a script of it does, or when its policy keeps something off. */
  async function open(contract: Payments, visitor: Visitor = operator, options: Partial<ServeDashboardOptions> = {}) {
    const log = { info: () => {} }
    const served = await serveDashboard({
      ...{ queues: [contract], connection: redisUrl, port: 0, log, authenticate: () => visitor },
      ...options,
    })
    const context = await browser.newContext(look)
    const page = await context.newPage()
    const wrong: string[] = []
    page.on('pageerror', (error) => wrong.push(error.message))
    page.on('console', (line) => {
      if (line.type() === 'error') wrong.push(line.text())
    })
    page.on('dialog', (dialog) => {
      wrong.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    onTestFinished(async () => {
      await context.close()
      await served.close()
    })
    return { page, wrong, at: (path: string) => `${served.url}${path}` }
  }

  const clickAction = (page: Page, place: number) => page.locator('ul[class^="jobActions"] button').nth(place).click()
  const confirm = (page: Page) => page.getByRole('button', { name: 'Confirm' }).click()

  test('lists queues and jobs, and opens a decoded one without what is sensitive', async () => {
    const contract = paymentsQueue()
    await payOnce(contract)
    const { page, wrong, at } = await open(contract)
    await page.goto(at(''))
    await page.getByRole('link', { name: 'payments: quarantine' }).waitFor()
    await page.getByRole('link', { name: 'payments', exact: true }).first().click()
    await page.getByText('declined').first().waitFor()
    await page.goto(at('queue/payments/paid?status=completed'))
    await page.getByText('"customer"').first().waitFor()
    const text = (await page.locator('body').textContent()) ?? ''
    expect(text).toContain('9007199254740993')
    // Within the card of the partner of the customer.
    expect(text).toContain('$hidden')
    expect(text).toContain('2032-02-02')
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(wrong).toEqual([])
  })

  test('retries a failed job', async () => {
    const contract = paymentsQueue()
    const producer = await payOnce(contract)
    const { page, wrong, at } = await open(contract)
    await page.goto(at('queue/payments/declined?status=failed'))
    await page.getByText('Declined').first().waitFor()
    await clickAction(page, 0)
    await confirm(page)
    await expect.poll(() => producer.job('pay', 'declined').state(), { timeout: 15_000 }).toBe('waiting')
    expect(wrong).toEqual([])
  })

  test('replays a job in quarantine', async () => {
    const contract = paymentsQueue()
    const producer = await payOnce(contract)
    const client = openClient()
    const { page, wrong, at } = await open(contract)
    await page.goto(at('queue/payments-quarantine'))
    await page.getByText('TEXT_INVALID').first().waitFor()
    // Whoever replays it has mended it, or the worker's code.
    const key = `${contract.prefix}:payments-quarantine:cut`
    const data = String(await client.hget(key, 'was:data'))
    await client.hset(key, 'was:data', data.replace('"coding"', '"encoding"'))
    await clickAction(page, 0)
    await confirm(page)
    await expect.poll(() => producer.quarantine.count(), { timeout: 15_000 }).toBe(0)
    openTill(contract)
    expect(await producer.job('pay', 'cut').result()).toMatchObject({ receipt: 'A7' })
    expect(wrong).toEqual([])
  })

  test('duplicates a job as it was, from the form that displays it', async () => {
    const contract = paymentsQueue()
    const producer = await payOnce(contract)
    const { page, wrong, at } = await open(contract)
    await page.goto(at('queue/payments/paid?status=completed'))
    await page.getByText('Customer').first().waitFor()
    const form = page.locator('#add-job-form')
    const duplicate = page.getByRole('button', { name: 'Duplicate', exact: true }).last()
    const editors = ['jobData', 'jobOptions'].map((name) => form.locator(`[name="${name}"]`))
    const textOf = (editor: Locator) => editor.inputValue({ timeout: 1_000 }).catch(() => '')
    let emptyLooks = 0
    // Bull Board draws an editor once more when it knows the schema. On a busy machine that one may stay empty, or the click be lost while the
    // form is still drawn: so each look begins at what the page displays. When two clicks count, two jobs wait.
    const duplicated = async () => {
      const { waiting } = await producer.control.counts()
      if (waiting > 0) return waiting
      if (!(await form.isVisible())) {
        emptyLooks = 0
        await clickAction(page, 0)
      }
      const texts = await Promise.all(editors.map(textOf))
      if (texts.every((text) => text.includes('{'))) {
        await duplicate.dispatchEvent('click', undefined, { timeout: 5_000 }).catch(() => {})
      } else if (++emptyLooks % 10 === 0) {
        await page.keyboard.press('Escape')
      }
      return waiting
    }
    await expect.poll(duplicated, { interval: 500, timeout: 90_000 }).toBeGreaterThan(0)
    // Bull Board parses what is in its editors, also when the click comes while one is drawn again.
    expect(wrong.filter((error) => error !== 'Unexpected end of JSON input')).toEqual([])
  })

  test('draws a flow over two queues, and leads from it to its jobs', async () => {
    const prefix = freshPrefix()
    const contract = paymentsQueue(prefix)
    const invoices = defineQueue('invoices', { prefix, jobs: { send: { payload: z.object({}) } } })
    const flows = createFlowProducer({ connection: redisUrl })
    onTestFinished(() => flows.close())
    const child = node(contract, 'pay', payment(), { options: { jobId: 'part' } })
    await flows.add(node(invoices, 'send', {}, { options: { jobId: 'whole' }, children: [child] }))
    const { page, wrong, at } = await open(contract, operator, { queues: [contract, invoices] })
    await page.goto(at('queue/invoices/whole?status=waiting-children'))
    await page.getByText('Job flow').waitFor()
    const drawn = (id: string) => page.locator('.react-flow__node', { hasText: id })
    await drawn('whole').filter({ hasText: 'invoices' }).waitFor()
    await drawn('part').filter({ hasText: 'payments' }).click()
    await page.getByText('Open this job').click()
    await page.waitForURL('**/queue/payments/part**')
    await drawn('whole').waitFor()
    expect(wrong).toEqual([])
  })

  test('has no editor of stored payloads and schedules, and keeps the other buttons', async () => {
    const contract = paymentsQueue()
    const producer = await payOnce(contract)
    await producer.schedules.upsert('nightly', { name: 'pay', payload: payment(), repeat: { pattern: '0 3 * * *' } })
    const { page, wrong, at } = await open(contract)
    await page.goto(at('queue/payments/declined?status=failed'))
    await page.getByText('Declined').first().waitFor()
    const buttons = page.locator('ul[class^="jobActions"] button')
    expect(await buttons.locator('visible=true').count()).toBe(3)
    expect(await buttons.locator('.lucide-pencil').locator('visible=true').count()).toBe(0)
    await page.goto(at('job-schedulers'))
    await page.getByText('nightly').first().waitFor()
    const named = (name: string) => page.getByRole('button', { name })
    expect(await named('Run now').isVisible()).toBe(true)
    expect(await named('Edit schedule').isVisible()).toBe(false)
    expect(wrong).toEqual([])
  })

  test('shows a viewer no buttons, and refuses what they send all the same', async () => {
    const contract = paymentsQueue()
    const producer = await payOnce(contract)
    const { page, at } = await open(contract, { name: 'bob', role: 'view' })
    await page.goto(at('queue/payments/declined?status=failed'))
    await page.getByText('Declined').first().waitFor()
    expect(await page.locator('ul[class^="jobActions"] button').count()).toBe(0)
    const status = await page.evaluate(async () => {
      const { status } = await fetch('api/queues/payments/declined/retry', { method: 'PUT' })
      return status
    })
    expect(status).toBe(403)
    expect(await producer.job('pay', 'declined').state()).toBe('failed')
  })

  test('runs no script that a job holds, wherever it stands', async () => {
    const contract = paymentsQueue()
    const producer = await payOnce(contract)
    const client = openClient()
    const evil = `"><img src=x onerror="alert(1)"><script>alert(2)</script></script><svg onload=alert(3)>\${alert(4)}`
    await producer.enqueue('pay', { ...payment(), by: Object.assign(ann(), { name: evil }) }, { jobId: 'payload' })
    await producer.enqueue('pay', payment(), { jobId: 'named' })
    await client.hset(producer.bullmq.toKey('named'), 'name', evil)
    const id = `<img src=x onerror=alert(5)>`
    await producer.enqueue('pay', { ...payment(), memo: { [evil]: evil } }, { jobId: id })
    const failed = producer.bullmq.toKey('declined')
    await client.hset(failed, 'failedReason', evil, 'stacktrace', JSON.stringify([evil]), 'pb', evil)
    await client.hdel(failed, 'brine:error')
    await client.rpush(`${failed}:logs`, evil)
    const { page, wrong, at } = await open(contract, { ...operator, reveal: true })
    await page.goto(at('queue/payments'))
    await page.getByText('onerror').first().waitFor()
    for (const path of ['queue/payments/payload', `queue/payments/${encodeURIComponent(id)}`, 'queue/payments/named']) {
      await page.goto(at(path))
      await page.getByText('onerror').first().waitFor()
    }
    await page.goto(at('queue/payments/declined?status=failed'))
    for (const tab of ['Data', 'Error', 'Logs']) {
      await page.getByRole('tab', { name: tab }).click()
      if (tab !== 'Data') await page.getByText('onerror').first().waitFor()
    }
    await page.goto(at('reveal/payments/payload'))
    await page.getByText('onerror').first().waitFor()
    expect(await page.locator('img[src="x"], svg[onload]').count()).toBe(0)
    expect(wrong).toEqual([])
  })

  test('asks for the password, and lets in who knows it', async () => {
    const contract = paymentsQueue()
    await payOnce(contract)
    const { page, wrong, at } = await open(contract, operator, { authenticate: undefined, password: 'open sesame' })
    await page.goto(at(''))
    await page.getByLabel('Password').fill('open sesame')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'payments: quarantine' }).waitFor()
    await page.goto(at('queue/payments/declined?status=failed'))
    await clickAction(page, 0)
    await confirm(page)
    await page.getByText('declined').first().waitFor()
    expect(wrong).toEqual([])
  })
})
