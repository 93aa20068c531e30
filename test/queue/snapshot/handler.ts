import { defineHandler } from '../../../src/worker/define-handler.ts'
import { changeLater, countsQueue } from './counts.ts'

export default defineHandler(countsQueue(), 'slow', changeLater)
