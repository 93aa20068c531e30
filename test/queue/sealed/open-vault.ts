import { defineHandler } from 'brinemq'
import { vault } from './vault.ts'

export default defineHandler(vault, 'open', async ({ what }, { progress }) => {
  await progress({ what })
  if (what === 'nothing') throw new RangeError(`there is no ${what}`)
  return { found: what }
})
