/** One row of a list: what a proposal is now, and whether what it rests on holds. */

import type { DriverName, Environment, Outcome, StateKind, Verdict } from '../../../kernel/index.ts';
import type { ExaminedProposal, ProposalRow } from '../../../record/index.ts';
import { type Believed, believe } from './believe.ts';
import type { ExecutableView } from './executable-view.ts';
import { type GlassView, glassView } from './glass-view.ts';
import { type TroubleView, troubleViews } from './trouble-view.ts';
import type { WaitView } from './waits-view.ts';
import { type RanOut, type Waiting, waitingOf, whatRanOut } from './what-ran-out.ts';

/** A row, `countersign.list/1` but for `forged` and `waiting`, which are for its text. */
export type ListedProposal = {
  readonly id: string;
  readonly target: string;
  readonly environment: Environment | null;
  readonly driver: DriverName | null;
  readonly intent: string | null;
  readonly state: StateKind;
  readonly ranOut: RanOut | null;
  /** Whether the trust file that is accepted now lets it run; `null` where it is not approved. */
  readonly executable: ExecutableView | null;
  /** What is in the way of an open or approved one. */
  readonly waitsFor: readonly WaitView[];
  readonly outcome: Outcome['kind'] | null;
  readonly verdict: Verdict['kind'] | null;
  /** `broken` while a review is owed. */
  readonly glass: GlassView;
  readonly trouble: readonly TroubleView[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly forged: Believed['forged'];
  readonly waiting: Waiting;
};

/** A proposal as it was examined, and as it stands with the present trust file. */
export type ExaminedRow = ExaminedProposal & {
  readonly executable: ExecutableView | null;
  readonly waitsFor: readonly WaitView[];
};

/** Builds a row from what was found; where no event can be read, the store's summary says what was asked for and no more. */
export function listedProposal(row: ProposalRow, examined: ExaminedRow, nowMs: number): ListedProposal {
  const state = examined.state.kind === 'absent' ? row.state : examined.state;
  const { outcome, verdict, forged, events } = believe(examined);
  const waiting = waitingOf(state);
  return {
    id: row.proposal,
    target: state.kind === 'absent' ? row.target : state.target,
    environment: 'environment' in state ? state.environment : null,
    driver: state.kind === 'absent' ? null : state.driver,
    intent: state.kind === 'absent' ? null : state.intent,
    state: state.kind,
    ranOut: whatRanOut(waiting, nowMs),
    executable: examined.executable,
    waitsFor: examined.waitsFor,
    outcome: outcome?.kind ?? null,
    verdict: verdict?.kind ?? null,
    glass: glassView(state, events),
    trouble: troubleViews(examined.troubles),
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
    forged,
    waiting,
  };
}
