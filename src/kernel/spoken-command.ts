/** Commands as people know them: what each is called at the command line, and which one helps in which state. */

import type { CommandKind } from './command.ts';
import type { ProposalState } from './proposal.ts';

/** What is said of a command that was refused: the command line's own name for it; where nobody can type it, a plain verb. */
export const SPOKEN: Readonly<Record<CommandKind, string>> = {
  draft: 'propose',
  'mark-unplannable': 'plan',
  seal: 'seal',
  admit: 'admit',
  refuse: 'refuse',
  look: 'look',
  comment: 'comment',
  approve: 'approve',
  reject: 'reject',
  'review-glass': 'review',
  withdraw: 'withdraw',
  supersede: 'supersede',
  expire: 'expire',
  claim: 'execute',
  release: 'execute',
  'find-stale': 'execute',
  start: 'execute',
  'see-output': 'execute',
  finish: 'execute',
  verify: 'verify',
  reconcile: 'reconcile',
  'destroy-secrets': 'destroy its secrets',
};

/** Where a proposal stands, and the one command that helps there, as they are typed. */
export function nextCommand(state: ProposalState): string {
  if (state.kind === 'absent') return 'countersign list shows what there is';
  const show = `countersign show ${state.proposal}`;
  const helping = helpingCommand(state);
  return helping === undefined ? show : `${show}, then ${helping}`;
}

function helpingCommand(state: Exclude<ProposalState, { readonly kind: 'absent' }>): string | undefined {
  switch (state.kind) {
    case 'drafted':
    case 'proposed':
      return 'wait until it is open';
    case 'open':
      return `countersign approve ${state.proposal} --ssh-key FILE`;
    case 'approved':
      return `countersign execute ${state.proposal}`;
    case 'executing':
      return `wait; if its runner died, countersign execute ${state.proposal}`;
    case 'executed':
      return `countersign verify ${state.proposal}`;
    case 'held':
      return `countersign reconcile ${state.proposal} --note "what you found"${signing(state)}`;
    case 'closed':
      return state.glass.kind === 'broken'
        ? `countersign review ${state.proposal} --note "what you found"${signing(state)}`
        : undefined;
    default:
      return 'propose the change again if it is still wanted';
  }
}

/** The option to type where the policy that a proposal was admitted under asks for signed words; empty elsewhere. */
export function signing(state: ProposalState): string {
  return 'requirement' in state && state.requirement.signedReconcile !== undefined ? ' --ssh-key FILE' : '';
}
