// Preloaded into every process that the demo starts: when the demo is gone, however it went, so are they.
process.once('disconnect', () => process.exit(1))
// It may have gone while this one was loading, when nobody listened yet.
if (!process.connected) process.exit(1)
process.channel?.unref()
