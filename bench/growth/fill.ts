import type { Redis } from 'ioredis'

// One real job, copied: a million in seconds, each with the keys and the memory of a real one.
const script = `
for at = ARGV[2] + 1, ARGV[2] + ARGV[3] do
  local id = ARGV[4] .. at
  redis.call('COPY', KEYS[1], ARGV[1] .. id)
  redis.call('LPUSH', KEYS[2], id)
end
`
const atOnce = 10_000

/** Brings the number of waiting jobs up to `depth`, again and again. */
export interface Filler {
  fill(depth: number): Promise<void>
}

/** `keys` is what the queue's keys begin with; the job that waits longest becomes the template. */
export async function createFiller(redis: Redis, keys: string): Promise<Filler> {
  const wait = `${keys}:wait`
  const [id = ''] = await redis.lrange(wait, -1, -1)
  // Apart, since the job itself will be done.
  const template = `${keys}:template`
  await redis.copy(`${keys}:${id}`, template)
  // As long as the id that it stands for.
  const prefix = 'copy-'.padEnd(Math.max(5, id.length - 6), '0')
  let copies = 0
  return {
    async fill(depth) {
      for (let missing = depth - (await redis.llen(wait)); missing > 0; missing -= atOnce) {
        const count = Math.min(missing, atOnce)
        await redis.eval(script, 2, template, wait, `${keys}:`, copies, count, prefix)
        copies += count
      }
    },
  }
}
