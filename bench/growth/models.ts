import { createCodec, defineModel, type Model } from 'brinemq'
import { z } from 'zod'
import type { Bench } from '../bench.ts'
import { ofPeople } from '../cargo.ts'
import { costOf } from '../clock.ts'
import { interleave } from '../interleave.ts'
import { openBrine } from '../job-peers.ts'
import { measure, median } from '../measure.ts'
import { Person, person } from '../order.ts'
import type { Table } from '../table.ts'
import { workThrough } from '../work-through.ts'

const john = new Person('John', 20)

/** What a value and a job cost by how many models are registered beside the one that they need. */
export async function benchModels({ settings, server }: Bench): Promise<Table[]> {
  const codecs = settings.models.map((count) => {
    const models = makeModels(count)
    return { count, models, codec: createCodec({ models }), name: `${count}` }
  })
  const times = measure(
    codecs.map(({ codec, name }) => ({ name, run: () => codec.decode(codec.encode(john)) })),
    settings.codec,
  )
  const costs = await interleave(codecs, ['brine'], settings.rounds, ({ models }) =>
    server.withPrefix(async (prefix) => {
      const peer = openBrine(server.url, prefix, ofPeople, { models })
      await peer.enqueue(john)
      const many = () => Promise.all(Array.from({ length: settings.atOnce }, () => peer.enqueue(john)))
      const enqueued = await costOf(settings.atOnce, many)
      const done = await workThrough(peer, settings.atOnce, john)
      await peer.close()
      return new Map([
        ['enqueued', enqueued],
        ['done', done],
      ])
    }),
  )
  return [
    {
      id: 'growth-models',
      title: 'Growth with models registered',
      against:
        'BrineMQ against itself: a Person of two fields, with ever more models registered beside its own. The first two columns are paid once, at the start of a process; the rest is what a job costs.',
      columns: [
        ...['models', 'defined ms', 'codec made ms', 'encode + decode µs'],
        ...['enqueued CPU µs', 'done CPU µs', 'enqueued/s', 'done/s'],
      ],
      rows: codecs.map((one) => {
        const [enqueued, done] = [costs(one, 'brine', 'enqueued'), costs(one, 'brine', 'done')]
        const start = [one.count, ...startOf(one.count), times.get(one.name) ?? 0]
        return [...start, enqueued.cpuUs, done.cpuUs, 1000 / enqueued.ms, 1000 / done.ms]
      }),
    },
  ]
}

function makeModels(count: number): Model[] {
  const others = Array.from({ length: count - 1 }, (_, at) => {
    class Thing {
      constructor(
        readonly name: string,
        readonly size: number,
      ) {}
    }
    const fields = z.object({ name: z.string(), size: z.number(), owner: person.schema.optional() })
    return defineModel(Thing, { tag: `thing-${at}`, fields, decode: ({ name, size }) => new Thing(name, size) })
  })
  return [person, ...others]
}

/** Milliseconds to define so many models, and to make a codec of them: medians of three. */
function startOf(count: number): [number, number] {
  const starts = [1, 2, 3].map(() => {
    const begun = performance.now()
    const models = makeModels(count)
    const defined = performance.now()
    createCodec({ models })
    return { define: defined - begun, make: performance.now() - defined }
  })
  return [median(starts.map(({ define }) => define)), median(starts.map(({ make }) => make))]
}
