/** What follows when somebody reviews what another person did alone, in an emergency. */

import type { CheckedApproval } from './approval.ts';
import { accountsOf } from './quorum.ts';
import type { Refusal } from './refusal.ts';
import { refuseWords } from './refuse-words.ts';
import { type CommandOf, type Decided, decided, nameOf, refuse, type Situation } from './situation.ts';

/** Takes the review of a broken glass, by anybody who did not break it under any of their names. */
export function decideReview(situation: Situation, command: CommandOf<'review-glass'>): Decided {
  const { state, asking } = situation;
  if (!('glass' in state) || state.glass.kind !== 'broken') {
    return refuse(situation, 'NOT_LEGAL_NOW', {
      what: 'a review',
      why: 'nobody broke the glass, or it was reviewed',
      next: 'nothing is owed',
    });
  }
  const { note, statement, demand } = command;
  const breaking = state.approvals.filter(({ document }) => document.decision === 'break-glass');
  const breakers = [state.glass.by, ...breaking.map(({ document }) => document.approver)];
  const refusal =
    statement === undefined
      ? refuseAccount(situation, command, breakers)
      : refuseTwin(situation, command, { breakers, breaking, fingerprint: statement.fingerprint });
  const unspoken = refusal ?? refuseWords(situation, { decision: 'review', note, statement, demand });
  if (unspoken !== undefined) return unspoken;
  const reviewed = { type: 'glass-reviewed', by: nameOf(asking.actor), note } as const;
  return decided(statement === undefined ? reviewed : { ...reviewed, statement });
}

// A reviewer is known by their account, a breaker by their name in the trust file: only `accounts` ties one to the other.
function refuseAccount(
  situation: Situation,
  command: CommandOf<'review-glass'>,
  breakers: readonly string[],
): Refusal | undefined {
  const reviewer = nameOf(situation.asking.actor);
  for (const breaker of breakers) {
    const accounts = accountsOf(command, breaker);
    if (breaker === reviewer) return refuseOwn(situation, `${reviewer} broke the glass`);
    if (accounts.includes(reviewer)) {
      return refuseOwn(situation, `${reviewer} is an account of ${breaker}, who broke the glass`);
    }
    if (accounts.length > 0) continue;
    return refuse(situation, 'FOUR_EYES', {
      what: 'a review',
      why: `${breaker} broke the glass and has no account in the trust file, so nobody can tell them apart from the reviewer`,
      next: `sign the review with your own key (\`--ssh-key FILE\`); or add \`accounts\` to ${breaker} in the trust file and sign it`,
    });
  }
  return undefined;
}

type Breaking = {
  readonly breakers: readonly string[];
  readonly breaking: readonly CheckedApproval[];
  readonly fingerprint: string;
};

// A signature says who reviews: by name, and two names that share a key or an account are one person.
function refuseTwin(
  situation: Situation,
  command: CommandOf<'review-glass'>,
  { breakers, breaking, fingerprint }: Breaking,
): Refusal | undefined {
  const reviewer = nameOf(situation.asking.actor);
  const accounts = accountsOf(command, reviewer);
  if (breakers.includes(reviewer)) return refuseOwn(situation, `${reviewer} broke the glass`);
  const twin =
    breaking.find((approval) => approval.fingerprint === fingerprint)?.document.approver ??
    breakers.find((breaker) => accountsOf(command, breaker).some((account) => accounts.includes(account)));
  if (twin === undefined) return undefined;
  return refuseOwn(situation, `${reviewer} shares a key or an account with ${twin}, who broke the glass`);
}

function refuseOwn(situation: Situation, why: string): Refusal {
  return refuse(situation, 'OWN_WORK', { what: 'a review', why, next: 'ask somebody else to review it' });
}
