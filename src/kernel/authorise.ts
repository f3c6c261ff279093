/**
 * Whether a proposal may run by the trust file that is accepted now: the runner decides by this, and whoever shows a proposal asks it.
 *
 * What was true when it was admitted counts for nothing here: rules change, approvers leave, keys are taken back.
 */

import type { CheckedApproval } from './approval.ts';
import type { Environment } from './bundle.ts';
import type { SealedIdentity } from './proposal.ts';
import { type QuorumAnswer, quorum } from './quorum.ts';
import type { Refusal } from './refusal.ts';
import type { AccountsOf, Requirement, RuleRef } from './requirement.ts';

/** What a present trust file demands of a sealed change. */
export type PresentDemand = {
  readonly kind: 'demand';
  /** The environment that the bundle's facts amount to now, not the one that a label claims. */
  readonly environment: Environment;
  readonly requirement: Requirement;
};

/** Everything that is weighed. */
export type Authorising = {
  /** What was sealed, the requirement that it was admitted under, and its whole life. */
  readonly admitted: SealedIdentity & { readonly requirement: Requirement; readonly expiresAtMs: number };
  readonly demand: PresentDemand;
  /** Every recorded approval as the present trust file sees its signature, in the record's order. */
  readonly approvals: readonly (CheckedApproval | Refusal)[];
  readonly accountsOf: AccountsOf;
  readonly atMs: number;
};

/** Rules by name, place and demand: those that only one of two requirements rests on. */
export type RuleDifference = { readonly added: readonly RuleRef[]; readonly removed: readonly RuleRef[] };

/** Whether it may run, and by which approvals; or the first thing that stands against it, and what belongs to that. */
export type AuthorityAnswer =
  | {
      readonly kind: 'authorised';
      /** Nonces of the approvals that count. */
      readonly nonces: readonly string[];
      /** When the first of them, or the proposal, runs out. */
      readonly expiresAtMs: number;
    }
  | { readonly kind: 'other-environment'; readonly sealed: Environment; readonly now: Environment }
  | {
      readonly kind: 'other-policy';
      readonly admittedUnder: string;
      readonly now: string;
      readonly rules: RuleDifference;
      /** Approvals whose signatures do not hold any more, either. */
      readonly fallen: readonly Refusal[];
    }
  /** Too few approvals count, and this one does not. */
  | { readonly kind: 'fallen-approval'; readonly refusal: Refusal }
  | { readonly kind: 'too-few'; readonly have: readonly string[]; readonly need: number };

/** Weighs environment, policy, signatures and quorum, in this order. */
export function authorise(authorising: Authorising): AuthorityAnswer {
  return refuseOtherRules(authorising) ?? weigh(authorising);
}

function refuseOtherRules({ admitted, demand, approvals }: Authorising): AuthorityAnswer | undefined {
  if (demand.environment !== admitted.environment) {
    return { kind: 'other-environment', sealed: admitted.environment, now: demand.environment };
  }
  const [before, after] = [admitted.requirement, demand.requirement];
  if (after.policyDigest === before.policyDigest) return undefined;
  return {
    kind: 'other-policy',
    admittedUnder: before.policyDigest,
    now: after.policyDigest,
    rules: { added: missingFrom(before.because, after.because), removed: missingFrom(after.because, before.because) },
    fallen: approvals.filter(isRefused),
  };
}

// A rule that only moved to another line asks for the same.
function missingFrom(some: readonly RuleRef[], others: readonly RuleRef[]): readonly RuleRef[] {
  return others.filter(({ rule, demand }) => !some.some((one) => one.rule === rule && one.demand === demand));
}

function weigh({ admitted, demand, approvals, accountsOf, atMs }: Authorising): AuthorityAnswer {
  const checked = approvals.filter((answer): answer is CheckedApproval => !isRefused(answer));
  const answer = quorum({ sealed: admitted, requirement: demand.requirement, accountsOf, atMs }, checked);
  if (answer.kind === 'missing') return tooFew(answer, approvals.find(isRefused));
  const counted = checked.map(({ document }) => document).filter(({ nonce }) => answer.nonces.includes(nonce));
  return {
    kind: 'authorised',
    nonces: answer.nonces,
    expiresAtMs: Math.min(admitted.expiresAtMs, ...counted.map((document) => document.expiresAtMs)),
  };
}

function tooFew(answer: Extract<QuorumAnswer, { kind: 'missing' }>, fallen: Refusal | undefined): AuthorityAnswer {
  const refusal = fallen ?? answer.ignored[0];
  if (refusal !== undefined) return { kind: 'fallen-approval', refusal };
  return { kind: 'too-few', have: answer.have, need: answer.need };
}

function isRefused(answer: CheckedApproval | Refusal): answer is Refusal {
  return 'kind' in answer;
}
