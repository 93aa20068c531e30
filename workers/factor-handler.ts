// The handler of `factor`, which workers/factor.ts runs in threads of their own.
import { isMainThread } from 'node:worker_threads'
import { defineHandler } from 'brinemq'
import { Factors, numbers } from '../jobs/factor.ts'

export default defineHandler(numbers, 'factor', (number) => {
  if (number < 2n) throw new RangeError(`${number} is made of no primes`)
  // What a bug in a native library may do to a process.
  if (number === 666n) process.exit(1)
  const primes: bigint[] = []
  let rest = number
  for (let prime = 2n; prime * prime <= rest; prime++) {
    for (; rest % prime === 0n; rest /= prime) primes.push(prime)
  }
  if (rest > 1n) primes.push(rest)
  return { factors: new Factors(number, primes), inThread: !isMainThread }
})
