import { defineHandler } from '../../../src/worker/define-handler.ts'
import { ticketsQueue } from './tickets.ts'

export default defineHandler(ticketsQueue(), 'book', (payload) => payload)
