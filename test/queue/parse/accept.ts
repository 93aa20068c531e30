import { defineHandler } from '../../../src/worker/define-handler.ts'
import { acceptOnce, offersQueue } from './offers.ts'

export default defineHandler(offersQueue(), 'accept', acceptOnce)
