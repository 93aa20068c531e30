import { defineModel } from 'brinemq'
import { z } from 'zod'

/** An error whose message holds what its model marks as sensitive. */
export class CardRefused extends Error {
  override readonly name = 'CardRefused'
  constructor(readonly card: string) {
    super(`card ${card} was refused`)
  }
}

export const cardRefused = defineModel(CardRefused, {
  tag: 'card-refused',
  fields: z.object({ card: z.string().meta({ sensitive: true }) }),
  decode: ({ card }) => new CardRefused(card),
})
