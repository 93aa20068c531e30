// Compiled, never run: what upcasters take and give, of models and of jobs, in both directions.
import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

class Person {
  constructor(
    readonly name: string,
    readonly age: number,
  ) {}
}
interface Version1 {
  first: string
  last: string
}
const model = {
  tag: 'person',
  fields: z.object({ name: z.string(), age: z.number() }),
  decode: ({ name, age }: { name: string; age: number }) => new Person(name, age),
}

defineModel(Person, { ...model, version: 2, upcast: { 1: (old: Version1) => ({ name: old.first, age: 0 }) } })
defineModel(Person, {
  ...model,
  version: 4,
  upcast: {
    1: ({ first, last }: Version1) => ({ full: `${first} ${last}` }),
    2: ({ full }: { full: string }) => ({ full, years: '5' }),
    // A step may take more than the one before it gives.
    3: ({ full, years }: { full: string; years: string | number }) => ({ name: full, age: Number(years) }),
  },
})
// The chain may begin later.
defineModel(Person, { ...model, version: 9, upcast: { 8: (old: Version1) => ({ name: old.first, age: 0 }) } })
defineModel(Person, {
  ...model,
  version: 3,
  upcast: {
    1: ({ first }: Version1) => ({ full: first }),
    // @ts-expect-error it takes what the step before does not give
    2: ({ full }: { full: number }) => ({ name: `${full}`, age: 0 }),
  },
})
defineModel(Person, {
  ...model,
  version: 2,
  upcast: {
    // @ts-expect-error the last gives what `fields` takes
    1: ({ first }: Version1) => ({ name: first }),
  },
})
defineModel(Person, {
  ...model,
  version: 2,
  upcast: {
    // @ts-expect-error upcasters are synchronous
    1: async ({ first }: Version1) => ({ name: first, age: 0 }),
  },
})
// @ts-expect-error nobody else knows what version 1 stored
defineModel(Person, { ...model, version: 2, upcast: { 1: ({ first }) => ({ name: first, age: 0 }) } })

const payload = z.object({ name: z.string(), at: z.date().default(new Date(0)) })
const queue = defineQueue('people', {
  jobs: {
    greet: {
      payload,
      result: z.string(),
      version: 3,
      aliases: ['hello'],
      upcast: {
        1: ({ first }: Version1) => ({ full: first }),
        // What has a default need not be given: it is the schema's input.
        2: ({ full }: { full: string }) => ({ name: full }),
      },
    },
    wave: { payload: z.string(), version: 2, upcast: { 1: (old: number) => String(old) } },
    nod: { payload: z.unknown() },
  },
})
queue.jobs.greet.payload.parse({}).at.getTime()
// @ts-expect-error the types of the jobs are theirs as before
queue.jobs.greet.payload.parse({}).nothing

defineQueue('people', {
  jobs: {
    greet: {
      payload,
      version: 3,
      upcast: {
        1: ({ first }: Version1) => ({ full: first }),
        // @ts-expect-error it takes what the step before does not give
        2: ({ full }: { full: number }) => ({ name: `${full}` }),
      },
    },
  },
})
defineQueue('people', {
  jobs: {
    greet: {
      payload,
      version: 2,
      upcast: {
        // @ts-expect-error the last gives what the payload's schema takes
        1: ({ first }: Version1) => ({ name: first.length }),
      },
    },
  },
})
defineQueue('people', {
  jobs: {
    greet: {
      payload,
      version: 2,
      upcast: {
        // @ts-expect-error upcasters are synchronous
        1: async ({ first }: Version1) => ({ name: first }),
      },
    },
  },
})
defineQueue('people', {
  jobs: {
    // @ts-expect-error nobody else knows what version 1 stored
    greet: { payload, version: 2, upcast: { 1: (old) => ({ name: old.first }) } },
  },
})
// Without a schema of its own a payload is whatever the last step gives; the steps are a chain all the same.
defineQueue('people', {
  jobs: {
    nod: {
      payload: z.unknown(),
      version: 3,
      upcast: {
        1: (old: number) => ({ count: old }),
        // @ts-expect-error it takes what the step before does not give
        2: ({ count }: { count: string }) => count,
      },
    },
  },
})
// @ts-expect-error a step is a function
defineModel(Person, { ...model, version: 2, upcast: { 1: { name: 'Ann', age: 1 } } })
// @ts-expect-error aliases are a list
defineQueue('people', { jobs: { wave: { payload, aliases: 'hello' } } })
