import { defineConfig } from 'brinemq'
import { loans, orders } from './library.ts'

export default defineConfig({ queues: [loans, orders], workers: ['workers/*.ts'] })
