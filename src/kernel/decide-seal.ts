/** What follows when a draft was planned: it is sealed, and each of its checks has a name of its own. */

import { type CommandOf, type Decided, decided, refuse, type Situation } from './situation.ts';

/** Seals a draft. Two checks of one id would be judged by one answer: an easy one could stand in for a mandated one (L7). */
export function decideSeal(situation: Situation, { sealed }: CommandOf<'seal'>): Decided {
  const ids = sealed.checks.map(({ id }) => id);
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin === undefined) return decided({ type: 'sealed', ...sealed });
  return refuse(situation, 'POLICY', {
    what: 'seal',
    why: `two of its checks are called ${JSON.stringify(twin)}, and one answer would judge them both`,
    next: 'propose the change again, with a name for each check',
  });
}
