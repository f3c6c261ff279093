/** Workers that answer what a test tells them to: for what follows from answers, not for how they are got. */

import { openMachine } from '../../src/adapters/index.ts';
import type { CheckAnswer } from '../../src/kernel/index.ts';
import type { CheckErrand, CheckWorkers, WorkerAnswer } from '../../src/loop/verify/index.ts';

/** An answer by its colour; `seen` is what its digest is of. */
export function told(answer: CheckAnswer, seen: string = answer): WorkerAnswer {
  return {
    kind: 'replied',
    answer,
    observed: { seen },
    observedDigest: openMachine().hash(seen),
    detail: `it is ${seen}`,
  };
}

export type ToldWorkers = CheckWorkers & {
  readonly errands: readonly CheckErrand[];
  /** Sets the answers of a check, first to last; the last one stays. */
  readonly tell: (id: string, ...answers: readonly WorkerAnswer[]) => void;
};

export function toldWorkers(): ToldWorkers {
  const answers = new Map<string, WorkerAnswer[]>();
  const errands: CheckErrand[] = [];
  return {
    errands,
    tell: (id, ...given) => void answers.set(id, [...given]),
    put: async (errand) => {
      errands.push(errand);
      const left = answers.get(errand.spec.id) ?? [];
      const next = left.length > 1 ? left.shift() : left[0];
      return next ?? { kind: 'lost', why: 'nothing was told' };
    },
  };
}
