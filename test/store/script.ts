import { createStore } from 'brinemq'

// A user's script: it ends by itself once its stores are closed, though one of them never reached its server.
const store = createStore({ connection: process.env['REDIS_URL'], prefix: `${process.argv[2]}:` })
const nowhere = createStore({ connection: 'redis://127.0.0.1:1', timeoutMs: 100 })
await store.set('key', 1)
console.log(await store.get('key'))
await nowhere.get('key').catch((error: { code: string }) => console.log(error.code))
await Promise.all([store.close(), nowhere.close()])
