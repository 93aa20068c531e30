import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startProgram } from '../program.ts'

const listing = z.object({
  queues: z.array(z.looseObject({ name: z.string(), counts: z.record(z.string(), z.number()) })),
})

describe('npm run demo -- --dashboard', { timeout: 90_000 }, () => {
  test('keeps running on the embedded Valkey, shows its jobs, and ends cleanly on Ctrl-C', async () => {
    const demo = startProgram('producers/demo.ts', ['--dashboard', 'jobs'], { env: { REDIS_URL: '' } })
    await demo.said('Ctrl-C ends everything')
    const [, url = ''] = /The dashboard is at (http:\/\/127\.0\.0\.1:\d+\/);/.exec(demo.out) ?? []
    const page = await fetch(url)
    expect(await page.text()).toContain('BrineMQ demo')
    const { queues } = listing.parse(await (await fetch(`${url}api/queues?activeQueue=people`)).json())
    const counts = Object.fromEntries(queues.map(({ name, counts }) => [name, counts]))
    expect(counts['people']?.['completed']).toBeGreaterThan(2)
    expect(counts['files']?.['completed']).toBeGreaterThan(5)
    expect(counts['people-quarantine']).toEqual({ failed: 1 })
    expect(JSON.stringify(queues)).toContain('Cleo')
    demo.child.kill('SIGINT')
    expect(await demo.ended).toBe(0)
    expect(demo.err).toBe('')
    await demo.leftNothing()
  })
})
