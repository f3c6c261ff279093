/** Whether what a proposal says it recovers can be recovered: a release that names it asks the same afterwards. */

import { type ProposalState, type Refusal, visibleLine } from '../../kernel/index.ts';
import type { ProposeParts, ProposeRequest } from './propose-parts.ts';

/** Refuses a recovery of what is not in the record, was done to another target, or holds nothing. */
export async function refuseRecovery(parts: ProposeParts, request: ProposeRequest): Promise<Refusal | undefined> {
  const { recovers, target } = request;
  if (recovers === undefined) return undefined;
  const named = visibleLine(recovers);
  const { state } = await parts.journal.standing(recovers);
  const refuse = (code: Refusal['code'], why: string, next: string): Refusal => ({
    kind: 'refused',
    code,
    what: 'this proposal',
    where: '--recovers',
    why,
    next,
  });
  if (state.kind === 'absent') {
    return refuse(
      'WRONG_DOCUMENT',
      `there is no proposal ${named}`,
      'countersign list --state held shows what is held',
    );
  }
  if (state.target !== target) {
    const why = `${named} changed ${visibleLine(state.target)}, and this one changes ${visibleLine(target)}`;
    return refuse('WRONG_DOCUMENT', why, 'propose the recovery for that target, or leave `--recovers` out');
  }
  if (holds(state)) return undefined;
  if (state.kind === 'closed' && (await parts.disownedReleases(target)).includes(recovers)) return undefined;
  const why = `${named} is ${state.kind} and holds nothing that could be recovered`;
  const next = state.kind === 'executed' ? `countersign verify ${named}, then propose it again` : undefined;
  return refuse('NOT_LEGAL_NOW', why, next ?? `countersign show ${named}; leave \`--recovers\` out`);
}

// A runner that does not believe a release holds the target by it all the same: that, too, can be recovered.
function holds(state: ProposalState): boolean {
  return state.kind === 'held' || (state.kind === 'closed' && state.mark === 'reconciled');
}
