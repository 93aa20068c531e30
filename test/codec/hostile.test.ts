import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { createCodec } from '../../src/codec/codec.ts'
import { collidingValues } from './hostile/collisions.ts'
import { envelope } from './hostile/hostile.ts'
import { allWritten, type Reading, type Written, writers } from './hostile/read-table.ts'
import { hostileModels, table } from './hostile/table.ts'
import { orPositions } from './or-positions.ts'

const reader = fileURLToPath(new URL('hostile/read-table.ts', import.meta.url))
// Not how long a row may take, which is a second, but when it is said to hang, on the slowest machine.
const hangsMs = 30_000

type Told = Reading | 'hung, or ended its process'

const written = allWritten()

/** Reads the whole table in a process of its own, so that a row which ends it or never ends is told from the others. */
async function readAll(): Promise<Told[]> {
  const told: Told[] = []
  for (let from = 0; from < written.length; ) {
    const child = fork(reader, [String(from)], { execArgv: ['--import', 'tsx', '--max-old-space-size=512'] })
    const kill = () => void child.kill('SIGKILL')
    let timer = setTimeout(kill, hangsMs)
    child.on('message', ({ at, reading }: { at: number; reading?: Reading }) => {
      clearTimeout(timer)
      timer = setTimeout(kill, hangsMs)
      told[at] = reading ?? 'hung, or ended its process'
      from = at + 1
    })
    await once(child, 'exit')
    clearTimeout(timer)
    if (told.length === 0) throw new Error('the process that reads the table did not start')
  }
  return told
}

/** What a row must come to, for who wrote it. */
function expected({ row: { code, path, text }, writer }: Written): object {
  if (writer === 'forged') {
    // It is not parsed; only its size is looked at, before its seal.
    const code = Buffer.byteLength(text) > 1024 * 1024 + 1024 ? 'LIMIT_EXCEEDED' : 'SEAL_MISSING'
    return { code, path: '$', tells: false }
  }
  if (code === undefined) return { code: undefined, path: undefined, tells: false }
  if (path !== undefined && writer === 'encrypted')
    return { code, path: expect.stringMatching(orPositions(path)), tells: false }
  return { code, path: path ?? expect.stringMatching(/^\$/), tells: false }
}

test('the table has hundreds of rows', () => {
  expect(new Set(written.map(({ row }) => row)).size).toBeGreaterThan(700)
  expect(written.filter(({ writer }) => writer === 'signed').length).toBeGreaterThan(600)
})

describe('read by a process that may die of it', () => {
  let told: Told[] = []
  beforeAll(async () => {
    told = await readAll()
  }, 300_000)

  describe.each(writers)('%s', (writer) => {
    test.each(Object.keys(table))('%s end as they must, and tell no value', (category) => {
      const read = [...written.entries()].filter(
        ([, one]) => one.writer === writer && table[category]?.includes(one.row),
      )
      const name = ({ row }: Written) => row.name.slice(0, 120)
      expect(read.map(([at, one]) => ({ row: name(one), ...asObject(told[at]) }))).toEqual(
        read.map(([, one]) => ({ row: name(one), ...expected(one) })),
      )
    })
  })
})

test.each(collidingValues)('%s is refused by who encodes, where it must be', (_, value, travels) => {
  const given = value()
  const codec = createCodec()
  if (travels) expect(codec.encode(given)).toEqual(expect.any(String))
  else expect(() => codec.encode(given)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED', path: '$' }))
})

const codec = createCodec({ models: hostileModels })

function refusalOf(text: unknown): unknown {
  try {
    return { decoded: codec.decode(text as string) }
  } catch (error) {
    return error
  }
}

test.each([undefined, null, 5, {}, Buffer.from('{}')])('refuses what is no text: %s', (text) => {
  expect(refusalOf(text)).toMatchObject({ code: 'TEXT_INVALID' })
})

test('tells where in the value the text went wrong', () => {
  const at = (body: string) => refusalOf(envelope(body))
  expect(at('[{"user":1},["Map",2,3],"born",["Date","yesterday"]]')).toMatchObject({ path: '$.user.value(0)' })
  expect(at('[["Set",1,2],"a",[3,4],1,["BigInt","x"]]')).toMatchObject({ path: '$.member(1)[1]' })
  expect(at('[["null","a",1],[2],["person@1",3],{"name":4,"age":4},"x"]')).toMatchObject({ path: '$.a[0].age' })
  expect(at('[["Error",1],{"own":2},{"list":3},[4],["RegExp","("]]')).toMatchObject({ path: '$.list[0]' })
})

function asObject(told: Told | undefined): object {
  return typeof told === 'object'
    ? { ...{ code: undefined, path: undefined }, ...told }
    : { told: told ?? 'was not read' }
}
