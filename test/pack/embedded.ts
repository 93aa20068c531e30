import { createStore } from 'brinemq'
import { startEmbedded } from 'brinemq/embedded'

const server = await startEmbedded()
const store = createStore({ connection: server.url })
await store.set('key', new Map([['answer', 42n]]))
console.log(await store.get('key'))
await store.close()
await server.close()
