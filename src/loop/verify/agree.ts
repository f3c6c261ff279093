/** Makes one answer of several: they all say the same, or nobody knows. */

import type { WorkerAnswer } from './check-workers.ts';

/**
 * Believes samples only when every one of them gives the same readable answer; the newest then speaks for all.
 *
 * @param samples  oldest first, at least one
 */
export function agree(samples: readonly WorkerAnswer[]): WorkerAnswer {
  const newest = samples.at(-1);
  if (newest === undefined) return { kind: 'lost', why: 'nothing was asked' };
  const without = samples.find((sample) => sample.kind === 'lost');
  if (without !== undefined) return without;
  const answers = samples.map((sample) => (sample.kind === 'lost' ? 'unknown' : sample.answer));
  if (new Set(answers).size === 1) return newest;
  return { kind: 'lost', why: `the answers did not agree: ${answers.join(', ')}` };
}
