import { defineHandler } from 'brinemq'
import { ticketsQueue } from './tickets.ts'

export default defineHandler(ticketsQueue(), 'book', (payload) => payload)
