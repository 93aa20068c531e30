import { z } from 'zod'
import { defineModel } from '../../src/model/define-model.ts'

export const secret = 'hunter2-0451'

/** Marked in its fields. */
export class User {
  constructor(
    readonly name: string,
    readonly password: string,
  ) {}
}

export const user = defineModel(User, {
  tag: 'user',
  fields: z.object({ name: z.string(), password: z.string().meta({ sensitive: true }) }),
})

/** What it has is not what it encodes. */
export class Card {
  readonly #number: string
  constructor(
    number: string,
    readonly raw: string,
  ) {
    this.#number = number
  }
  get number(): string {
    return this.#number
  }
}

export const card = defineModel(Card, {
  tag: 'card',
  fields: z.object({ number: z.string().meta({ sensitive: true }), last: z.string() }),
  encode: ({ number }) => ({ number, last: number.slice(-1) }),
  decode: ({ number }) => new Card(number, number),
})

/** Its encoded form is no object. */
export class Token {
  constructor(readonly text: string) {}
}

export const token = defineModel(Token, {
  tag: 'token',
  fields: z.string().meta({ sensitive: true }),
  encode: ({ text }) => text,
  decode: (text) => new Token(text),
})

export class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

export const point = defineModel(Point, { tag: 'point', fields: z.object({ x: z.number(), y: z.number() }) })

export const models = [user, card, token, point]
