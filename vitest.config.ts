import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that waits for a condition fails by its own deadline; nothing here is a speed claim.
    restoreMocks: true,
  },
});
