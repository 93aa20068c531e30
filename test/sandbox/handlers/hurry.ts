import { defineHandler } from 'brinemq'
import { ordersQueue } from './contract.ts'

export default defineHandler(ordersQueue(), 'hurry', (order) => {
  while (order.what === 'burn');
})
