import { expect, test } from 'vitest'
import { shapeOf } from '../../src/monitor/message-shape.ts'

test.each([
  ['no mailbox of john.doe@mail.example.com', 'no mailbox of …'],
  ['from a@b.c, to d@e.f', 'from … to …'],
  ['a user@host without a domain', 'a user@host without a domain'],
])('masks the addresses in "%s"', (message, shape) => {
  expect(shapeOf(message)).toBe(shape)
})

// Whoever may write to Redis chooses the messages, and with a backtracking pattern one of them took seconds.
test.each(['@', 'a@', 'a@b', '@.', 'a.', 'f0', '/a', '0x', '"'])('masks a message of %j alone at once', (part) => {
  for (let round = 0; round < 20; round += 1) expect(shapeOf(part.repeat(3_000)).length).toBeLessThanOrEqual(300)
})
