import { createProducer } from 'brinemq'
import { people } from './people.ts'

export const producer = createProducer(people)
