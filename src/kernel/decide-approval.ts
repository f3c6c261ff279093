/** What follows when people decide: approvals and rejections. */

import type { CheckedApproval } from './approval.ts';
import type { EventBody } from './event.ts';
import { inState } from './in-state.ts';
import type { Admission } from './proposal.ts';
import { type ApprovalContext, quorum, refuseApproval, refuseTwin } from './quorum.ts';
import type { Refusal } from './refusal.ts';
import { type CommandOf, type Decided, decided, nameOf, refuse, type Situation } from './situation.ts';

/** Takes an approval that counts, and opens the way to execution when it completes the quorum. */
export function decideApprove(situation: Situation, command: CommandOf<'approve'>): Decided {
  const state = inState(situation.state, command.kind, 'open', 'approved');
  const { approval } = command;
  const { approver, decision, reason } = approval.document;
  const weighing = {
    sealed: state,
    requirement: state.requirement,
    accountsOf: command.accountsOf,
    atMs: situation.asking.atMs,
  };
  const refusal =
    refuseRejection(situation, approval) ??
    refuseSigner(situation, approval) ??
    refuseClosedDoor(situation, state) ??
    refuseApproval(weighing, approval) ??
    refuseRepeated(situation, weighing, state, approval);
  if (refusal !== undefined) return refusal;
  const after = quorum(weighing, [...state.approvals, approval]);
  const events: EventBody[] = [{ type: 'approval-given', approval }];
  if (decision === 'break-glass') events.push({ type: 'glass-broken', by: approver, reason });
  if (after.kind === 'met' && state.kind === 'open') events.push({ type: 'approved', by: after.by });
  return { kind: 'decided', events };
}

function refuseRejection(situation: Situation, { document }: CheckedApproval): Refusal | undefined {
  if (document.decision === 'reject') {
    return refuse(situation, 'WRONG_DOCUMENT', {
      what: 'this approval',
      why: 'the signature covers a rejection',
      next: 'reject it instead',
    });
  }
  if (document.decision === 'approve' || document.reason.trim() !== '') return undefined;
  return refuse(situation, 'POLICY', {
    what: 'breaking the glass',
    why: 'it needs a reason',
    next: 'say why with `--reason`',
  });
}

function refuseRepeated(
  situation: Situation,
  weighing: ApprovalContext,
  state: Admission,
  approval: CheckedApproval,
): Refusal | undefined {
  const { approver, nonce, decision } = approval.document;
  if (state.approvals.some((other) => other.document.nonce === nonce)) {
    return refuse(situation, 'NONCE_USED', {
      what: 'this approval',
      why: 'its nonce was used before',
      next: 'sign anew',
    });
  }
  const before = quorum(weighing, state.approvals);
  // Whoever has approved while others are missing may still break the glass: that one counts alone.
  if (decision === 'break-glass' && before.kind === 'missing') return undefined;
  if ((before.kind === 'met' ? before.by : before.have).includes(approver)) {
    return refuse(situation, 'ALREADY_DECIDED', {
      what: 'this approval',
      why: `${approver} has approved it already`,
      next: 'wait for others',
    });
  }
  return refuseTwin(weighing, counting(weighing, state), approval);
}

function counting(weighing: ApprovalContext, state: Admission): readonly CheckedApproval[] {
  return state.approvals.filter((approval) => refuseApproval(weighing, approval) === undefined);
}

/** Takes a signed rejection with its reason. */
export function decideReject(situation: Situation, command: CommandOf<'reject'>): Decided {
  const state = inState(situation.state, command.kind, 'open', 'approved');
  const { document } = command.approval;
  if (document.decision !== 'reject') {
    return refuse(situation, 'WRONG_DOCUMENT', {
      what: 'this rejection',
      why: 'the signature covers an approval',
      next: 'approve it instead',
    });
  }
  const refusal = refuseSigner(situation, command.approval);
  if (refusal !== undefined) return refusal;
  if (document.proposal !== state.proposal || document.bundleDigest !== state.bundleDigest) {
    return refuse(situation, 'WRONG_DOCUMENT', {
      what: 'this rejection',
      why: 'the signature covers another proposal or bundle',
      next: 'read the proposal again and sign what it says now',
    });
  }
  if (document.reason.trim() === '') {
    return refuse(situation, 'POLICY', {
      what: 'this rejection',
      why: 'it has no reason',
      next: 'say why with `--reason`',
    });
  }
  return decided({ type: 'rejected', approval: command.approval });
}

function refuseSigner(situation: Situation, approval: CheckedApproval): Refusal | undefined {
  const { actor } = situation.asking;
  if (actor.kind === 'person' && actor.name === approval.document.approver) return undefined;
  return refuse(situation, 'NOT_YOURS_TO_DO', {
    what: 'this signature',
    why: `${nameOf(actor)} hands in a signature of ${approval.document.approver}`,
    next: 'each person hands in their own',
  });
}

/** Refuses what came after the proposal's time. */
export function refuseClosedDoor(situation: Situation, state: Admission): Refusal | undefined {
  if (situation.asking.atMs < state.expiresAtMs) return undefined;
  return refuse(situation, 'EXPIRED', {
    what: 'this proposal',
    why: `it was open until ${new Date(state.expiresAtMs).toISOString()}`,
    next: 'propose the change again',
  });
}
