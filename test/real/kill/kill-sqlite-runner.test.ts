import { needs } from '../needs.ts';
import { killRunnerAt, STEPS } from './kill-runner-at.ts';

needs('ssh-keygen').each(STEPS)(
  '[CLI-12, L5, L6, L10] sqlite: killed at "%s", it runs at most once and no word is better than the truth',
  async (step) => await killRunnerAt('sqlite', step),
  240_000,
);
