/** What a person can do next. Total over states: nobody is left alone with a word. */

import { visibleLine } from '../../../kernel/index.ts';
import type { ProposalView } from '../view/proposal-view.ts';
import { whatRanOut } from '../view/what-ran-out.ts';
import { nextInDoubt } from './disbelief.ts';

/** One sentence with the command to type; `undefined` where nothing is left to do. */
export function nextStep(view: ProposalView, nowMs: number): string | undefined {
  const inDoubt = nextInDoubt(view);
  if (inDoubt !== undefined) return inDoubt;
  const ranOut = whatRanOut(view, nowMs);
  if (ranOut === 'proposal') return 'its time ran out: propose it again';
  if (ranOut === 'approvals') return `its approvals ran out: approve it again: ${approveCommand(view)}`;
  // What the runner refuses is not proposed as the next step, whatever the record says of it.
  if (view.executable !== null && view.executable.next !== null) return visibleLine(view.executable.next);
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
      if (view.driver === 'terraform') {
        return `look at the world; countersign recover ${view.id} shows the ways back; then countersign reconcile ${view.id} --note "what you found"${signing(view)}`;
      }
      return `look at the world, then countersign reconcile ${view.id} --note "what you found"${signing(view)}`;
    case 'closed':
      // It closed by a verdict that does not hold: its target stays held until there is one that does.
      if (view.verdict === null) return `countersign verify ${view.id}`;
      return view.glass === 'broken'
        ? `somebody else reviews it: countersign review ${view.id} --note TEXT${signing(view)}`
        : undefined;
  }
}

function signing({ requirement }: ProposalView): string {
  return requirement?.signedReconcile === undefined ? '' : ' --ssh-key FILE';
}

function approveCommand(view: ProposalView): string {
  return `countersign approve ${view.id} --ssh-key FILE`;
}
