/** The proposals that freed a target by words which an approver disowned since: whoever runs or recovers asks for them. */

import { examineDisowned } from '../record/index.ts';
import { type Base, openRecord } from './base.ts';
import { readTrustWords } from './trust-questions.ts';

/** Finds them by the trust file as one home believes it. */
export function findDisownedReleases(base: Base, home: string): (target: string) => Promise<readonly string[]> {
  return async (target) => {
    const { store } = await openRecord(base);
    const { questions: trust, disowned } = await readTrustWords(base, home, 'store');
    const { doubted } = await examineDisowned({ source: store.source, hash: base.machine.hash, trust }, disowned);
    return doubted.filter((freed) => freed.target === target).map(({ proposal }) => proposal);
  };
}
