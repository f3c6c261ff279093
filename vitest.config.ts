import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // One more than the cores of a small machine: most tests wait for processes of their own, in directories and on ports of their own.
    maxWorkers: 3,
    setupFiles: ['test/support/property-seed.ts'],
    // Tests start many programs of ours: what Node compiled of a source is used again, for as long as its bytes are the same.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/countersign-tests') },
    sequence: { sequencer: LongestFirst },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // A test that waits for a condition fails by its own deadline; nothing here is a speed claim.
    restoreMocks: true,
  },
});
