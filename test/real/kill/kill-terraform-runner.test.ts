import { needs } from '../needs.ts';
import { killRunnerAt } from './kill-runner-at.ts';

// The crash matrix kills it at the steps between these, and plays every way back.
needs('terraform', 'ssh-keygen').each(['claimed', 'started', 'concluded'] as const)(
  '[CLI-12, L5, L6, L10] terraform: killed at "%s", it runs at most once and no word is better than the truth',
  async (step) => await killRunnerAt('terraform', step),
  240_000,
);
