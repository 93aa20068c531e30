// A CommonJS test of jest's.
test('values of Node travel', async () => (await import('./realms.mjs')).travels())
test('dates of fake timers travel', async () => (await import('./realms.mjs')).travelsUnderFakeTimers(jest))
