import { defineHandler } from 'brinemq'
import { acceptOnce, offersQueue } from './offers.ts'

export default defineHandler(offersQueue(), 'accept', acceptOnce)
