import { defineHandler } from 'brinemq'
import { changeLater, countsQueue } from './counts.ts'

export default defineHandler(countsQueue(), 'slow', changeLater)
