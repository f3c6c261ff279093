/** What a person can do next. Total over states: nobody is left alone with a word. */

import type { ProposalView } from '../view/proposal-view.ts';

/** Why an open or approved proposal waits for nothing any more, though nobody has recorded it; `undefined` while it may go on. */
export function whatRanOut(view: ProposalView, nowMs: number): 'proposal' | 'approvals' | undefined {
  if (view.state !== 'open' && view.state !== 'approved') return undefined;
  if (view.expiresAtMs !== null && view.expiresAtMs <= nowMs) return 'proposal';
  return view.state === 'approved' && lacksApprovals(view, nowMs) ? 'approvals' : undefined;
}

function lacksApprovals({ approvals, requirement }: ProposalView, nowMs: number): boolean {
  // What a standing grant approved has no approvals that could run out.
  if (requirement?.grant !== undefined) return false;
  const living = approvals.filter((one) => one.expiresAtMs > nowMs);
  if (living.some((one) => one.decision === 'break-glass')) return false;
  const people = new Set(living.map((one) => one.approver));
  return people.size < Math.max(1, requirement?.approvals ?? 1);
}

/** One sentence with the command to type; `undefined` where nothing is left to do. */
export function nextStep(view: ProposalView, nowMs: number): string | undefined {
  const ranOut = whatRanOut(view, nowMs);
  if (ranOut === 'proposal') return 'its time ran out: propose it again';
  if (ranOut === 'approvals') return `its approvals ran out: approve it again: ${approveCommand(view)}`;
  switch (view.state) {
    case 'absent':
      return undefined;
    case 'drafted':
      return `propose it again to plan it, or wait: countersign show ${view.id}`;
    case 'proposed':
      return `propose it again to go on from here, or wait: countersign show ${view.id}`;
    case 'unplannable':
    case 'stale':
    case 'expired':
    case 'refused':
    case 'rejected':
      return 'mend what is said above and propose it again';
    case 'withdrawn':
    case 'superseded':
      return undefined;
    case 'open':
      return `read it and decide: ${approveCommand(view)}, or countersign reject ${view.id} --reason TEXT --ssh-key FILE`;
    case 'approved':
      return `countersign execute ${view.id}`;
    case 'executing':
      return `wait; if its runner died, start the runner again: countersign execute ${view.id}`;
    case 'executed':
      return `countersign verify ${view.id}`;
    case 'held':
      return `look at the world, then countersign reconcile ${view.id} --note "what you found"`;
    case 'closed':
      return view.glass === 'broken'
        ? `somebody else reviews it: countersign review ${view.id} --note TEXT`
        : undefined;
  }
}

function approveCommand(view: ProposalView): string {
  return `countersign approve ${view.id} --ssh-key FILE`;
}
