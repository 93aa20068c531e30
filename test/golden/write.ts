/**
 * Writes the golden file of this build's envelope and encoding: `npx tsx test/golden/write.ts`, once for each new version of
 * either. It refuses to touch a file that is there, because a text that was ever released is read for ever.
 */
import { writeFileSync } from 'node:fs'
import { goldenTexts } from '../codec/golden-texts.ts'

const path = new URL('envelope-1.devalue-6.json', import.meta.url)
const texts = Object.fromEntries(goldenTexts().map(({ name, text }) => [name, text]))
writeFileSync(path, `${JSON.stringify(texts, undefined, 2)}\n`, { flag: 'wx' })
