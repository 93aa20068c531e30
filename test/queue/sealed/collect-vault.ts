import { node } from '../../../src/flow/flow-node.ts'
import { defineHandler } from '../../../src/worker/define-handler.ts'
import { vault } from './vault.ts'

export default defineHandler(vault, 'collect', async (what, { children }) => {
  await children.step('more', () => [node(vault, 'open', { what })])
  const results = await children.results(vault, 'open')
  return results.map(({ result }) => result.found).sort()
})
