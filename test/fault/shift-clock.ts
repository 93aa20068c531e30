// Imported before anything else: all that follows reads a clock that is ahead by CLOCK_AHEAD_MS. SIGUSR2 sets it an hour ahead, or right again.
const { now } = Date
let aheadMs = Number(process.env['CLOCK_AHEAD_MS'])
Date.now = () => now() + aheadMs
globalThis.Date = new Proxy(Date, {
  construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [Date.now()], made),
})
process.on('SIGUSR2', () => {
  aheadMs = aheadMs === 0 ? 3_600_000 : 0
})
