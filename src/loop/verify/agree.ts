/** Makes one answer of several: they all say the same, or nobody knows. */

import type { WorkerAnswer } from './check-workers.ts';

/** Believes samples only when every one of them gives the same readable answer; the newest then speaks for all. */
export function agree(earlier: readonly WorkerAnswer[], newest: WorkerAnswer): WorkerAnswer {
  const samples = [...earlier, newest];
  const without = samples.find((sample) => sample.kind === 'lost');
  if (without !== undefined) return without;
  const answers = samples.flatMap((sample) => (sample.kind === 'replied' ? [sample.answer] : []));
  if (new Set(answers).size === 1) return newest;
  return { kind: 'lost', why: `the answers did not agree: ${answers.join(', ')}` };
}
