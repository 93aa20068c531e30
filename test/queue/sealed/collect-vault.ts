import { defineHandler, node } from 'brinemq'
import { vault } from './vault.ts'

export default defineHandler(vault, 'collect', async (what, { children }) => {
  await children.step('more', () => [node(vault, 'open', { what })])
  const results = await children.results(vault, 'open')
  return results.map(({ result }) => result.found).sort()
})
