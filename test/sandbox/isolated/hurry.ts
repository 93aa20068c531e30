import { defineHandler } from '../../../src/worker/define-handler.ts'
import { ordersQueue } from './contract.ts'

export default defineHandler(ordersQueue(), 'hurry', (order) => {
  while (order.what === 'burn');
})
