/** The proposals that freed a target by words which an approver disowned since: whoever runs or recovers asks for them. */

import { examineDisowned } from '../record/index.ts';
import { type Base, openRecord } from './base.ts';
import { readTrustWords } from './trust-questions.ts';

/** Finds those of a target, and of a place under any target's name, by the trust file as one home believes it. */
export function findDisownedReleases(
  base: Base,
  home: string,
): (target: string, place: string | undefined) => Promise<readonly string[]> {
  return async (target, place) => {
    const { store } = await openRecord(base);
    const { questions: trust, disowned } = await readTrustWords(base, home, 'store');
    const { doubted } = await examineDisowned({ source: store.source, hash: base.machine.hash, trust }, disowned);
    return doubted
      .filter((freed) => freed.target === target || (place !== undefined && freed.place === place))
      .map(({ proposal }) => proposal);
  };
}
