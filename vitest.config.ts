import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const setupFiles = ['test/nothing-open.ts']

export default defineConfig({
  resolve: {
    alias: [
      { find: /^brinemq$/, replacement: file('src/index.ts') },
      { find: /^brinemq\/dashboard$/, replacement: file('src/dashboard/index.ts') },
      { find: /^brinemq\/embedded$/, replacement: file('src/embedded/index.ts') },
      { find: /^brinemq\/health$/, replacement: file('src/health/index.ts') },
      { find: /^brinemq\/metrics$/, replacement: file('src/metrics/index.ts') },
      { find: /^brinemq\/monitor$/, replacement: file('src/monitor/index.ts') },
      { find: /^brinemq\/telemetry$/, replacement: file('src/telemetry/index.ts') },
      { find: /^brinemq\/testing$/, replacement: file('src/testing/index.ts') },
    ],
  },
  test: {
    globalSetup: 'test/redis.ts',
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'], setupFiles } },
      {
        extends: true,
        test: {
          name: 'without shortcuts',
          include: ['enqueue', 'bulk', 'order', 'flows', 'handle', 'retry', 'own-end', 'schedules'].map(
            (name) => `test/queue/${name}.test.ts`,
          ),
          setupFiles: [...setupFiles, 'test/without-shortcuts.ts'],
        },
      },
    ],
    // Tests share their Redis and start processes of their own: more at once than this only makes them wait.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A poll ends as soon as it holds; how long it may take is no claim of any test.
    expect: { poll: { timeout: 20_000 } },
  },
})
