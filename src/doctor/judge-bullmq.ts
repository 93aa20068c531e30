import { testedVersions } from '../bullmq/tested-versions.ts'
import type { Finding } from './finding.ts'

/** Whether BrineMQ was tested with the installed BullMQ release; nothing when that is unknown, as in a bundle. */
export function judgeBullMQ(version: string | undefined): Finding[] {
  if (version === undefined) return []
  const tested = testedVersions.join(', ')
  if (testedVersions.includes(version)) return [{ level: 'ok', about: 'bullmq', what: `${version}, which is tested` }]
  const what = `${version} is not tested: BrineMQ adds and ends jobs by BullMQ's own code, which is slower`
  return [{ level: 'warning', about: 'bullmq', what, remedy: `install a tested release: npm install bullmq@${tested}` }]
}
