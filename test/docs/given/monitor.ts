export { connection, invoices, people } from './people.ts'
