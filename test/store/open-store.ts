import { createStore, type StoreOptions } from 'brinemq'
import { onTestFinished } from 'vitest'
import { freshPrefix, redisUrl } from '../connection.ts'
import { Person, person, query } from './person.ts'

/** A store for the running test, with a prefix of its own, closed when it has finished. */
export function openStore(options: StoreOptions = {}) {
  const prefix = options.prefix ?? `${freshPrefix()}:`
  const store = createStore({ connection: redisUrl, models: [person, query], prefix, ...options })
  onTestFinished(() => store.close())
  return { store, prefix }
}

export const john = new Person('John', 20)
export const jane = new Person('Jane', 21)
