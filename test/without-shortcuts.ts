import { vi } from 'vitest'

// As with a BullMQ release that the shortcuts were never tested with.
vi.mock(import('../src/bullmq/tested-versions.ts'), async (load) => ({
  ...(await load()),
  allowsShortcuts: () => false,
}))
