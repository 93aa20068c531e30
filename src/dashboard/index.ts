export { createDashboard, type Dashboard, type DashboardOptions } from './create-dashboard.ts'
export type { DashboardLine, DashboardLog } from './dashboard-log.ts'
export { type ServeDashboardOptions, type ServedDashboard, serveDashboard } from './serve-dashboard.ts'
export type { Authenticate, Role, Visitor } from './visitor.ts'
