/**
 * Writes the golden files that are missing, of this build's envelope, encoding and seals: `npx tsx test/golden/write.ts`, once for each new version of
 * either. It refuses to touch a file that is there, because a text that was ever released is read for ever.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { errorExtrasGoldenTexts } from '../codec/error-extras-golden-texts.ts'
import { fieldsGoldenTexts } from '../codec/fields-golden-texts.ts'
import { goldenTexts } from '../codec/golden-texts.ts'
import { boundGoldenTexts, sealedGoldenTexts } from '../codec/sealed-golden-texts.ts'

const files = {
  'envelope-1.devalue-6.json': goldenTexts,
  'envelope-1.error-extras.json': errorExtrasGoldenTexts,
  'envelope-1.fields-1.json': fieldsGoldenTexts,
  'envelope-1.sealed.json': sealedGoldenTexts,
  'envelope-1.bound.json': boundGoldenTexts,
}

for (const [name, textsOf] of Object.entries(files)) {
  const path = new URL(name, import.meta.url)
  if (existsSync(path)) continue
  const texts = Object.fromEntries(textsOf().map((one) => [one.name, one.text]))
  writeFileSync(path, `${JSON.stringify(texts, undefined, 2)}\n`, { flag: 'wx' })
}
