/** Whether what a proposal says it recovers can be recovered: a release that names it asks the same afterwards. */

import { type ProposalState, type Refusal, type Sha256Hex, visibleLine } from '../../kernel/index.ts';
import type { ProposeParts, ProposeRequest } from './propose-parts.ts';

/** Refuses a recovery of what is not in the record, was surely done elsewhere, or holds nothing. */
export async function refuseRecovery(
  parts: Pick<ProposeParts, 'journal' | 'disownedReleases'>,
  request: Pick<ProposeRequest, 'recovers' | 'target'>,
): Promise<Refusal | undefined> {
  const { recovers, target } = request;
  if (recovers === undefined) return undefined;
  const named = visibleLine(recovers);
  const { state } = await parts.journal.standing(recovers);
  if (state.kind === 'absent') {
    return refuse(
      'WRONG_DOCUMENT',
      `there is no proposal ${named}`,
      'countersign list --state held shows what is held',
    );
  }
  const place = 'place' in state ? state.place : undefined;
  // Under another name it may be the same place: only the plan will tell.
  if (state.target !== target && place === undefined) return refuseElsewhere(recovers, state.target, target);
  if (holds(state)) return undefined;
  if (state.kind === 'closed' && (await parts.disownedReleases(target, place)).includes(recovers)) return undefined;
  const why = `${named} is ${state.kind} and holds nothing that could be recovered`;
  const next = state.kind === 'executed' ? `countersign verify ${named}, then propose it again` : undefined;
  return refuse('NOT_LEGAL_NOW', why, next ?? `countersign show ${named}; leave \`--recovers\` out`);
}

/** Refuses a planned recovery that changes another place than what it is to recover; where either has none, the target's name decides. */
export async function refuseOtherPlace(
  parts: ProposeParts,
  { recovers, target }: ProposeRequest,
  place: Sha256Hex | undefined,
): Promise<Refusal | undefined> {
  if (recovers === undefined) return undefined;
  const { state } = await parts.journal.standing(recovers);
  if (state.kind === 'absent') return undefined;
  const its = 'place' in state ? state.place : undefined;
  if (its === undefined || place === undefined) {
    return state.target === target ? undefined : refuseElsewhere(recovers, state.target, target);
  }
  if (its === place) return undefined;
  return state.target === target ? refuseNamesake(recovers, target) : refuseElsewhere(recovers, state.target, target);
}

function refuseElsewhere(recovers: string, its: string, own: string): Refusal {
  const why = `${visibleLine(recovers)} changed ${visibleLine(its)}, and this one changes ${visibleLine(own)}`;
  return refuse('WRONG_DOCUMENT', why, 'propose the recovery for that target, or leave `--recovers` out');
}

function refuseNamesake(recovers: string, target: string): Refusal {
  const why = `${visibleLine(recovers)} changed another place than this one, though both are called ${visibleLine(target)}`;
  return refuse('WRONG_DOCUMENT', why, 'propose the recovery in the place that it changed, or leave `--recovers` out');
}

function refuse(code: Refusal['code'], why: string, next: string): Refusal {
  return { kind: 'refused', code, what: 'this proposal', where: '--recovers', why, next };
}

// A runner that does not believe a release holds the target by it all the same: that, too, can be recovered.
function holds(state: ProposalState): boolean {
  return state.kind === 'held' || (state.kind === 'closed' && state.mark === 'reconciled');
}
