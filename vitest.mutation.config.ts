/**
 * For `scripts/mutation.ts`: the tests of one area only, so that a mutant is judged by the tests that mirror it.
 *
 * Random games are left out: they would be played once per mutant, and the score must not need them. So are tests that start runners to
 * kill them or let them race: mutants do not live in other processes, so these tests notice none, and cost most of the time.
 */

import { defineConfig } from 'vitest/config';

const tests = process.env['COUNTERSIGN_MUTATION_TESTS'];
if (tests === undefined) throw new Error('COUNTERSIGN_MUTATION_TESTS names the folder of tests to run');

export default defineConfig({
  test: {
    include: [`${tests}/**/*.test.ts`],
    exclude: ['**/sequences/**', '**/kill-*.test.ts', '**/race.test.ts', '**/node_modules/**'],
    pool: 'forks',
    setupFiles: ['test/support/property-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
