const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

// Nobody writes a longer one, and a schedule's pattern may be a stranger's.
const longestPattern = 512

/**
 * Whether a day that a cron pattern names can come, such as a 31st of April cannot. The parser that BullMQ uses looks for such a
 * day through 10,000 steps, a quarter of a second each time. Patterns that are wrong otherwise are left to it.
 */
export function hasDays(pattern: string): boolean {
  if (pattern.length > longestPattern) return false
  const fields = pattern.trim().toLowerCase().split(/\s+/)
  const [days = '*', month = '*', weekdays = '*'] = fields.slice(-3)
  // A weekday that is named comes in each month, whatever the days say.
  if (fields.length < 5 || !/^[*?]/.test(weekdays) || !/^[\d,/-]+$/.test(days)) return true
  const first = Math.min(...days.split(',').map((part) => Number.parseInt(part, 10)))
  const longest = Math.max(...month.split(',').flatMap(lengthsOf))
  // What is no number compares as false.
  return !(first > longest)
}

function lengthsOf(part: string): number[] {
  const [range = '', step] = part.split('/')
  const [from = '', to] = range.split('-')
  const begin = from === '*' || from === '?' ? 1 : numberOf(from)
  const end = to === undefined ? (from === '*' || from === '?' || step !== undefined ? 12 : begin) : numberOf(to)
  const every = Number(step ?? 1)
  if (![begin, end].every((one) => one >= 1 && one <= 12) || !(every >= 1)) return lengths
  return lengths.filter((_, at) => at + 1 >= begin && at + 1 <= end && (at + 1 - begin) % every === 0)
}

function numberOf(month: string): number {
  return months.indexOf(month.slice(0, 3)) + 1 || Number(month)
}
