/** For `scripts/mutation.ts`: the tests of one area only, so that a mutant is judged by the tests that mirror it. */

import { defineConfig } from 'vitest/config';

const tests = process.env['COUNTERSIGN_MUTATION_TESTS'];
if (tests === undefined) throw new Error('COUNTERSIGN_MUTATION_TESTS names the folder of tests to run');

export default defineConfig({
  test: { include: [`${tests}/**/*.test.ts`], pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 },
});
