// Replays in a process of its own, for replay.test.ts: three callers at once, when they are let.
import { createQuarantine, defineQueue } from 'brinemq'
import { Redis } from 'ioredis'
import { z } from 'zod'

const { REDIS_URL: connection = '', PREFIX: prefix = '' } = process.env
const contract = defineQueue('people', { prefix, jobs: { anything: { payload: z.unknown() } } })
const callers = Array.from({ length: 3 }, () => createQuarantine(contract, { connection }))
for (const caller of callers) await caller.count()
const redis = new Redis(connection)
const go = redis.blpop(`${prefix}:go`, 30)
console.log('ready')
await go
const told = await Promise.all(callers.map((caller) => caller.replay({})))
console.log(`put back ${told.reduce((sum, { replayed }) => sum + replayed, 0)};`)
await Promise.all(callers.map((caller) => caller.close()))
redis.disconnect()
