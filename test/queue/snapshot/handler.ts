import { defineHandler } from '../../../src/queue/worker/define-handler.ts'
import { changeLater, countsQueue } from './counts.ts'

export default defineHandler(countsQueue(), 'slow', changeLater)
