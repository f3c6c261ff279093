/** Finds what already answers to a drift: its own draft, a person's no to it, or another change of the same place that waits. */

import { type ProposalState, placeLock, type Sha256Hex, type StateKind, type StateOf } from '../../../kernel/index.ts';
import { allRows } from '../find-drafts.ts';
import type { DriftDraft, DriftParts } from './drift-parts.ts';
import { type ConfirmedManifest, readConfirmed } from './read-confirmed.ts';

/** How evidence of a drift begins. */
export const DRIFT_ABOUT = 'drift of ';

const WAITING: readonly StateKind[] = ['proposed', 'open', 'approved'];
const SAID_NO: readonly StateKind[] = ['refused', 'rejected', 'withdrawn'];

type Answered = Extract<ProposalState, { readonly bundleDigest: string }>;

/**
 * Finds the answer, if there is one.
 *
 * A draft of the same place that answers to another drift is none: a newer one takes its place. What somebody proposed there of
 * their own accord goes first: nobody's proposal is swept away by a schedule.
 */
export async function findAnswers(
  parts: DriftParts,
  last: StateOf<'closed'>,
  finding: Sha256Hex,
): Promise<DriftDraft | undefined> {
  let others: DriftDraft | undefined;
  for (const { state } of await allRows(parts, undefined, [...WAITING, ...SAID_NO])) {
    if (!isOfPlace(state, last) || isOver(state, parts.clock.nowMs())) continue;
    const { evidence = [] } = await readConfirmed(parts, state.bundleDigest);
    const isWaiting = WAITING.includes(state.kind);
    if (evidence.some(({ digest }) => digest === finding)) return isWaiting ? waits(state) : saidNo(state);
    if (isWaiting && !(await isOfDrift(parts, evidence))) others ??= otherChange(state);
  }
  return others;
}

function isOfPlace(state: ProposalState, last: StateOf<'closed'>): state is Answered {
  if (state.kind === 'absent' || state.driver !== 'terraform' || !('bundleDigest' in state)) return false;
  const lock = placeLock(last);
  return lock === undefined ? state.target === last.target : placeLock(state) === lock;
}

function isOver(state: Answered, nowMs: number): boolean {
  const isRunning = state.kind === 'open' || state.kind === 'approved';
  return isRunning && state.expiresAtMs <= nowMs;
}

async function isOfDrift({ log }: DriftParts, evidence: NonNullable<ConfirmedManifest['evidence']>): Promise<boolean> {
  for (const { id } of evidence) {
    const [event] = await log.read({ stream: `evidence:${id}`, afterSeq: 0, limit: 1 });
    if (event?.body.type === 'evidence-recorded' && event.body.about.startsWith(DRIFT_ABOUT)) return true;
  }
  return false;
}

function waits({ proposal, kind }: Answered): DriftDraft {
  return { kind: 'waits', id: proposal, state: kind, isNew: false };
}

function saidNo({ proposal, kind }: Answered): DriftDraft {
  return {
    kind: 'none',
    why: `${proposal}, which would put back this very drift, was ${kind}`,
    next: 'change the configuration to what stands, or propose it again by hand',
  };
}

function otherChange({ proposal, kind }: Answered): DriftDraft {
  return {
    kind: 'none',
    why: `${proposal}, another change of the same place, is ${kind}`,
    next: `decide on it first: countersign show ${proposal}`,
  };
}
