import { needs } from '../needs.ts';
import { killRunnerAt, STEPS } from './kill-runner-at.ts';

needs('terraform', 'ssh-keygen').each(STEPS)(
  '[CLI-12, L5, L6, L10] terraform: killed at "%s", it runs at most once and no word is better than the truth',
  async (step) => await killRunnerAt('terraform', step),
  240_000,
);
