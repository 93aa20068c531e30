export { type Health, type HealthOptions, serveHealth } from './serve-health.ts'
