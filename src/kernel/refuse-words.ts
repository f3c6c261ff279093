/** Whether the words of a person count who releases a target or reviews a glass: signed where the policy asks for it, and theirs. */

import type { ProposalState } from './proposal.ts';
import type { Refusal } from './refusal.ts';
import type { SignatureDemand } from './requirement.ts';
import { nameOf, refuse, type Situation } from './situation.ts';
import type { CheckedStatement, StatementDecision } from './statement.ts';
import { misstated, statementSubject } from './statement-subject.ts';

/** Words, with the signature that they came with. */
export type SpokenWords = {
  readonly decision: StatementDecision;
  readonly note: string;
  readonly through?: string | undefined;
  readonly statement: CheckedStatement | undefined;
  /** What the policy asks for as it stands now; what it asked for at the admission counts as well. */
  readonly demand: SignatureDemand | undefined;
};

/** Refuses words without a note, without a signature that the policy asks for, or with one that is of something else. */
export function refuseWords(situation: Situation, words: SpokenWords): Refusal | undefined {
  return refuseSilence(situation, words) ?? refuseUnsigned(situation, words) ?? refuseStatement(situation, words);
}

const WHAT: Readonly<Record<StatementDecision, string>> = { reconcile: 'reconcile', review: 'a review' };

function refuseSilence(situation: Situation, { decision, note }: SpokenWords): Refusal | undefined {
  if (note.trim() !== '') return undefined;
  return decision === 'reconcile'
    ? refuse(situation, 'POLICY', {
        what: WHAT.reconcile,
        why: 'it needs a note of what was found in the world',
        next: 'look at the world, then say what you found with `--note`',
      })
    : refuse(situation, 'POLICY', {
        what: WHAT.review,
        why: 'it has no note',
        next: 'say what you found with `--note`',
      });
}

function refuseUnsigned(situation: Situation, { decision, statement, demand }: SpokenWords): Refusal | undefined {
  const demands = [demand, demandAtAdmission(situation.state)].filter((one) => one !== undefined);
  const [first] = demands;
  if (first === undefined) return undefined;
  if (statement === undefined) {
    return refuse(situation, 'POLICY', {
      what: WHAT[decision],
      why: `it is not signed, and the policy asks for a signature (${first.rule.rule}, ${first.rule.where})`,
      next: 'sign it with your own key: `--ssh-key FILE`',
    });
  }
  const strict = demands.find(({ plainKeys }) => !plainKeys);
  if (strict === undefined || statement.strength === 'verified') return undefined;
  return refuse(situation, 'KEY_TOO_WEAK', {
    what: WHAT[decision],
    why: `the key of ${statement.document.approver} proves possession only, and the policy asks for a verified person (${strict.rule.rule}, ${strict.rule.where})`,
    next: 'sign with a security key (`ssh-keygen -t ed25519-sk -O verify-required`)',
  });
}

function demandAtAdmission(state: ProposalState): SignatureDemand | undefined {
  if (!('requirement' in state) || state.requirement.signedReconcile === undefined) return undefined;
  return { rule: state.requirement.signedReconcile, plainKeys: state.requirement.plainKeys };
}

function refuseStatement(situation: Situation, words: SpokenWords): Refusal | undefined {
  const { decision, statement } = words;
  if (statement === undefined) return undefined;
  const { actor } = situation.asking;
  const { document } = statement;
  if (actor.kind !== 'person' || actor.name !== document.approver) {
    return refuse(situation, 'NOT_YOURS_TO_DO', {
      what: WHAT[decision],
      why: `${nameOf(actor)} hands in a signature of ${document.approver}`,
      next: 'each person hands in their own',
    });
  }
  const subject = statementSubject(situation.state, decision);
  const why =
    subject === undefined ? 'there is nothing here that it could be about' : misstated(document, subject, words);
  if (why === undefined) return undefined;
  return refuse(situation, 'WRONG_DOCUMENT', {
    what: WHAT[decision],
    why,
    next: 'read the proposal again and sign what it says now',
  });
}
