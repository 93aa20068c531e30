import { expect, test } from 'vitest'
import { z } from 'zod'
import { redisUrl } from '../connection.ts'
import { type Program, startProgram } from '../program.ts'

const listing = z.object({ queues: z.array(z.looseObject({ name: z.string() })) })

test('an app of Hono and one of Express let in who may, each to what they may do', { timeout: 60_000 }, async () => {
  const files = ['dashboards/in-hono.ts', 'dashboards/in-express.ts']
  await Promise.all(files.map((file) => check(startProgram(file, [], { env: { REDIS_URL: redisUrl, PORT: '0' } }))))
})

async function check(program: Program): Promise<void> {
  await program.said('/jobs\n')
  const url = program.out.trim()
  const [ann, bob, nobody] = [{ cookie: 'session=7f3a' }, { cookie: 'a=1; session=c09d' }, { cookie: 'session=x' }]
  const get = (path: string, headers: Record<string, string>) => fetch(url + path, { headers })
  const change = (headers: Record<string, string>) =>
    fetch(`${url}/api/queues/people/job-schedulers/none/run`, { method: 'PUT', headers })

  expect((await get('', nobody)).status).toBe(401)
  expect((await get('/api/queues', nobody)).status).toBe(401)
  for (const visitor of [ann, bob]) {
    expect(await (await get('', visitor)).text()).toContain('<base href="/jobs/" />')
    const { queues } = listing.parse(await (await get('/api/queues', visitor)).json())
    expect(queues.map(({ name }) => name)).toEqual(['people', 'people-quarantine'])
  }
  expect((await change(bob)).status).toBe(403)
  expect((await change(ann)).status).toBe(404)
  expect((await change({ ...ann, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await get('/reveal/people/x', bob)).status).toBe(403)
  expect((await get('/reveal/people/x', ann)).status).toBe(404)
  expect(await (await fetch(new URL('/', url))).text()).toBe('an app of its own')
  program.child.kill('SIGINT')
  expect(await program.ended).toBe(0)
  expect(program.err).toMatch(/^\{"at":.*"who":"ann","status":404.*\}\n$/)
  await program.leftNothing()
}
