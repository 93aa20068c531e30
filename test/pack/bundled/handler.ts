import { defineHandler } from 'brinemq'
import { grow, people } from './jobs.ts'

export default defineHandler(people, 'age', grow)
