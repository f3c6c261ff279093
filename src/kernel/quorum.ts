/** Quorum: whether one signed approval counts, and whether all of them together are enough (L2, L4). */

import type { ApprovalDocument, CheckedApproval } from './approval.ts';
import { lasting } from './lasting.ts';
import type { Proposer } from './principal.ts';
import { personBehind } from './principal.ts';
import type { SealedIdentity } from './proposal.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import type { AccountsOf, Requirement } from './requirement.ts';

/** What an approval is weighed against. */
export type ApprovalContext = {
  readonly sealed: SealedIdentity;
  readonly requirement: Requirement;
  readonly accountsOf: AccountsOf;
  readonly atMs: number;
};

/** What the approvals amount to. */
export type QuorumAnswer =
  | { readonly kind: 'met'; readonly by: readonly string[]; readonly nonces: readonly string[] }
  | {
      readonly kind: 'missing';
      readonly have: readonly string[];
      readonly need: number;
      readonly ignored: readonly Refusal[];
    };

/**
 * Says why one approval does not count, or that it does.
 *
 * @returns a refusal that names the first field or rule that fails; `undefined` when the approval counts
 */
export function refuseApproval(context: ApprovalContext, approval: CheckedApproval): Refusal | undefined {
  return (
    refuseOtherDocument(context, approval.document) ??
    refuseTime(context, approval.document) ??
    refuseApprover(context, approval)
  );
}

/**
 * Weighs all approvals together: every one that counts, one per person; a broken glass counts alone.
 *
 * @param approvals  in the record's order
 */
export function quorum(context: ApprovalContext, approvals: readonly CheckedApproval[]): QuorumAnswer {
  const { requirement, sealed } = context;
  if (requirement.grant !== undefined && sealed.environment === 'sandbox') return { kind: 'met', by: [], nonces: [] };
  const ignored: Refusal[] = [];
  const counted = new Map<string, CheckedApproval>();
  for (const approval of approvals) {
    const refusal = refuseApproval(context, approval) ?? refuseTwin(context, [...counted.values()], approval);
    if (refusal !== undefined) ignored.push(refusal);
    else counted.set(approval.document.approver, approval);
  }
  const given = [...counted.values()];
  const by = [...counted.keys()];
  const nonces = given.map((approval) => approval.document.nonce);
  if (isEnough(requirement, given)) return { kind: 'met', by, nonces };
  return { kind: 'missing', have: by, need: Math.max(1, requirement.approvals), ignored };
}

/** Whether approvals that count are enough: of as many people as are demanded, or of one who broke the glass. */
export function isEnough(requirement: Requirement, approvals: readonly CheckedApproval[]): boolean {
  if (approvals.some((approval) => approval.document.decision === 'break-glass')) return true;
  const people = new Set(approvals.map((approval) => approval.document.approver));
  return requirement.approvals > 0 && people.size >= requirement.approvals;
}

/** Refuses an approval by somebody who has approved under another name: with the same key, or from the same account. */
export function refuseTwin(
  context: ApprovalContext,
  counted: readonly CheckedApproval[],
  approval: CheckedApproval,
): Refusal | undefined {
  const { approver } = approval.document;
  const accounts = accountsOf(context, approver);
  const twin = counted.find(({ document, fingerprint }) => {
    if (document.approver === approver) return false;
    const isSameAccount = accountsOf(context, document.approver).some((account) => accounts.includes(account));
    return fingerprint === approval.fingerprint || isSameAccount;
  });
  if (twin === undefined) return undefined;
  return refuse(
    context,
    'ALREADY_DECIDED',
    `${approver} and ${twin.document.approver} share a key or an account: they count as one person`,
    'ask somebody else',
  );
}

/** The accounts of an approver in the trust file; empty when it names none. */
export function accountsOf(context: Pick<ApprovalContext, 'accountsOf'>, approver: string): readonly string[] {
  // Own members only: a name like `constructor` must not find anything else.
  return Object.entries(context.accountsOf).find(([name]) => name === approver)?.[1] ?? [];
}

function refuseOtherDocument(context: ApprovalContext, document: ApprovalDocument): Refusal | undefined {
  const { sealed, requirement } = context;
  const expected: readonly (readonly [keyof ApprovalDocument, string])[] = [
    ['schema', 'countersign.approval/1'],
    ['proposal', sealed.proposal],
    ['bundleDigest', sealed.bundleDigest],
    ['previewDigest', sealed.previewDigest],
    ['target', sealed.target],
    ['environment', sealed.environment],
    ['policyDigest', requirement.policyDigest],
    ['runner', sealed.runner],
  ];
  const wrong = expected.find(([field, value]) => document[field] !== value);
  if (wrong === undefined) return undefined;
  const [field, value] = wrong;
  return refuse(
    context,
    'WRONG_DOCUMENT',
    `the signature covers ${field} ${JSON.stringify(document[field])}, this proposal has ${JSON.stringify(value)}`,
    'read the proposal again and sign what it says now',
  );
}

function refuseTime(context: ApprovalContext, document: ApprovalDocument): Refusal | undefined {
  const leftMs = document.expiresAtMs - context.atMs;
  if (leftMs <= 0) {
    return refuse(
      context,
      'EXPIRED',
      `the approval of ${document.approver} ran out ${new Date(document.expiresAtMs).toISOString()}`,
      'approve again if it is still right',
    );
  }
  if (leftMs <= context.requirement.approvalForMs) return undefined;
  return refuse(
    context,
    'EXPIRED',
    `the approval would live for ${lasting(leftMs)}, the policy allows ${lasting(context.requirement.approvalForMs)}`,
    'sign with a shorter life',
  );
}

function refuseApprover(context: ApprovalContext, approval: CheckedApproval): Refusal | undefined {
  const { requirement } = context;
  const { approver, decision } = approval.document;
  const isBreaking = decision === 'break-glass';
  const may = isBreaking ? requirement.breakGlass : requirement.eligible;
  if (!may.includes(approver)) {
    return refuse(
      context,
      'NOT_ELIGIBLE',
      `${approver} is not among those who may ${isBreaking ? 'break the glass' : 'approve'} (${may.join(', ') || 'nobody'})`,
      'ask one of them',
    );
  }
  if (approval.strength === 'plain' && !requirement.plainKeys) {
    return refuse(
      context,
      'KEY_TOO_WEAK',
      `the key of ${approver} proves possession only, and the policy asks for a verified person`,
      'sign with a security key (`ssh-keygen -t ed25519-sk -O verify-required`)',
    );
  }
  if (requirement.fourEyes && !isBreaking) return refuseOwnEyes(context, approver);
  return undefined;
}

function refuseOwnEyes(context: ApprovalContext, approver: string): Refusal | undefined {
  const accounts = accountsOf(context, approver);
  if (accounts.length === 0) {
    return refuse(
      context,
      'FOUR_EYES',
      `${approver} has no account in the trust file, so nobody can tell them apart from the proposer`,
      `add \`accounts\` to ${approver} in the trust file`,
    );
  }
  if (!isSamePerson(context.sealed.proposer, approver, accounts)) return undefined;
  return refuse(
    context,
    'FOUR_EYES',
    `${approver} is the person behind this proposal, and the policy asks for other eyes`,
    'ask another approver',
  );
}

function isSamePerson(proposer: Proposer, approver: string, accounts: readonly string[]): boolean {
  const behind = personBehind(proposer);
  return behind === approver || accounts.includes(behind);
}

function refuse(context: ApprovalContext, code: RefusalCode, why: string, next: string): Refusal {
  return { kind: 'refused', code, what: 'this approval', where: context.sealed.proposal, why, next };
}
