import { lstatSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { CommandError } from '../command-error.ts'
import { exitCode } from '../exit-code.ts'

const rootUser = 0
const writableByAll = 0o002

/**
 * Refuses a configuration that somebody else could have put there. A configuration is code, and the search goes upwards: without this,
 * a file in /tmp would run as everybody who works in a folder below it.
 *
 * A file that the group may write passes, because a umask of 002 is common where each user has a group of their own. Windows reports no
 * owners, so nothing is refused there.
 */
export function refuseForeign(path: string, user: number | undefined): void {
  if (user === undefined) return
  const [link, file, folder] = [lstatSync(path), statSync(path), statSync(dirname(path))]
  const isOwn = ({ uid }: Stats) => uid === user || uid === rootUser
  if (!isOwn(file)) throw foreign(path, `belongs to another user (${file.uid})`)
  // Whoever made a symbolic link chose which file runs.
  if (!isOwn(link)) throw foreign(path, `is a link of another user (${link.uid})`)
  // Who owns the folder can replace the file.
  if (!isOwn(folder)) throw foreign(path, `is in a folder of another user (${folder.uid})`)
  if (file.mode & writableByAll) throw foreign(path, 'can be written by everybody')
}

function foreign(path: string, why: string): CommandError {
  const remedy = `brine did not run it, because it is code: name it with --config ${path} if you trust it`
  return new CommandError(exitCode.usage, `${path}, above the working directory, ${why}; ${remedy}`)
}
