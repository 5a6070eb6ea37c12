import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/real-tools.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most of the time goes by waiting for git and other processes: two files at once even on two processors.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    coverage: { include: ['src/**/*.ts', 'app/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
  },
})
