// Compiled, never run: what must compile does, and what must not is expected not to.
import {
  createFlowProducer,
  createWorker,
  defineQueue,
  type EnqueueMiddleware,
  node,
  type WorkerOptions,
} from 'brinemq'
import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_ extends true>() => {}

const texts = defineQueue('texts', {
  jobs: {
    measure: { payload: z.string(), result: z.number().transform((n) => `${n}`) },
    shout: { payload: z.object({ text: z.string() }), result: z.string() },
  },
})
const sums = defineQueue('sums', { jobs: { add: { payload: z.bigint(), result: z.date() } } })

export async function adds() {
  const flows = createFlowProducer({ connection: 'redis://127.0.0.1' })
  const tree = await flows.add(
    node(sums, 'add', 1n, {
      options: { attempts: 3 },
      children: [
        node(texts, 'measure', 'a', { options: { ignoreDependencyOnFailure: true } }),
        node(sums, 'add', 2n, { children: [node(texts, 'shout', { text: 'b' })] }),
      ],
    }),
  )
  holds<Same<Awaited<ReturnType<typeof tree.job.result>>, Date>>()
  const [measured, added] = tree.children
  holds<Same<Awaited<ReturnType<typeof measured.job.result>>, string>>()
  holds<Same<typeof measured.job.name, 'measure'>>()
  holds<Same<Awaited<ReturnType<typeof added.job.result>>, Date>>()
  holds<Same<(typeof added.children)[0]['job']['name'], 'shout'>>()
  const many = await flows.add(
    node(sums, 'add', 1n, { children: ['a', 'b'].map((text) => node(texts, 'measure', text)) }),
  )
  holds<Same<Awaited<ReturnType<(typeof many.children)[number]['job']['result']>>, string>>()
  const [one, two] = await flows.addBulk([node(sums, 'add', 1n), node(texts, 'measure', 'a')])
  holds<Same<typeof one.job.name, 'add'>>()
  holds<Same<Awaited<ReturnType<typeof two.job.result>>, string>>()

  // @ts-expect-error there is no such job
  node(sums, 'measure', 'a')
  // @ts-expect-error the payload of another job
  node(texts, 'measure', { text: 'a' })
  // @ts-expect-error an enqueue takes a bigint
  node(sums, 'add', 1)
  // @ts-expect-error the parent is the node that holds it
  node(sums, 'add', 1n, { options: { parent: { id: 'a', queue: 'b' } } })
  // @ts-expect-error BullMQ has no such option
  node(sums, 'add', 1n, { options: { failParent: true } })
  // @ts-expect-error a payload is no node
  node(sums, 'add', 1n, { children: ['a'] })
  // @ts-expect-error a leaf has no children
  two.children[0]
  // @ts-expect-error a job that has two children has no third
  tree.children[2]
}

export const anyFlow: EnqueueMiddleware = (job, next) => {
  holds<Same<typeof job.schedule, string | undefined>>()
  return next({ telemetry: { metadata: job.queue } })
}
createFlowProducer({ use: [anyFlow] })
const ofTexts: EnqueueMiddleware<typeof texts> = (_job, next) => next()
// @ts-expect-error a flow has jobs of any contract, and not of this one alone
createFlowProducer({ use: [ofTexts] })
export const ofAny: WorkerOptions<typeof texts>['enqueues'] = [anyFlow]
// @ts-expect-error a worker's handlers add children of any contract, and not of its own alone
export const ofOwn: WorkerOptions<typeof texts>['enqueues'] = [ofTexts]

export function works() {
  createWorker(sums, {
    handlers: {
      add: async (_, { children }) => {
        const measured = await children.results(texts, 'measure')
        holds<Same<(typeof measured)[number]['result'], string>>()
        const failures = await children.failures(texts)
        holds<Same<(typeof failures)[number]['name'], 'measure' | 'shout' | undefined>>()
        holds<Same<(typeof failures)[number]['error'], unknown>>()
        await children.add([node(texts, 'measure', 'a'), node(sums, 'add', 1n)])
        await children.wait()
        await children.step('shout', () => [node(texts, 'shout', { text: 'a' })])
        // @ts-expect-error there is no such job
        await children.results(sums, 'measure')
        // @ts-expect-error only nodes are added
        await children.add([{ name: 'measure' }])
        return new Date()
      },
    },
  })
}
