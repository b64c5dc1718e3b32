import { defineConfig } from 'vitest/config';

/**
 * Pure tests share one module graph for each worker, which is what makes them fast; tests that
 * start servers or processes get a worker each.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          setupFiles: ['harness/testing/seed.ts'],
          include: ['{spec,protocol,impl,refinement,harness}/**/*.test.ts'],
          exclude: ['**/*.process.test.ts', '**/node_modules/**', 'dist/**'],
          isolate: false,
          // Not to time anything, but to end what hangs: machines may be slow.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'process',
          setupFiles: ['harness/testing/seed.ts'],
          include: ['{impl,harness}/**/*.process.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
    coverage: { provider: 'v8', include: ['{spec,protocol,impl,refinement,harness}/**/*.ts'] },
  },
});
