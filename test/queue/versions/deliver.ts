import { defineHandler } from 'brinemq'
import { parcels } from './parcels.ts'

export default defineHandler(parcels(), 'deliver', async ({ to, weightGrams }, { name, progress }) => {
  await progress(0.25)
  if (weightGrams > 10_000) throw new RangeError(`${name}: too heavy`)
  return { text: `${name} of ${weightGrams} to ${to.full}` }
})
