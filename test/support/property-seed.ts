/**
 * One seed for every property, so that a run can be repeated and a rare draw never fails somebody else's change.
 *
 * `COUNTERSIGN_FUZZ_SEED=$RANDOM npm test` looks elsewhere; a counterexample prints the seed that found it.
 */

import fc from 'fast-check';

const SEED = 20_261_122;

fc.configureGlobal({ seed: Number(process.env['COUNTERSIGN_FUZZ_SEED'] ?? SEED) });
