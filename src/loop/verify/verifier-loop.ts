/** The verifier's day: sees which proposals wait for a look or a verdict, and gives it. */

import { isFailure, type ProposalState, type StateKind } from '../../kernel/index.ts';
import type { Projections, ProposalRow } from '../../record/index.ts';
import { type LookAnswer, lookAt } from './look-at.ts';
import { type VerifyAnswer, verifyExecution } from './verify-execution.ts';
import type { VerifyParts } from './verify-parts.ts';

/** What a proposal waits for. */
export type Duty = 'look' | 'verify';

/** What the loop did, for whoever watches it. `trouble` is what was thrown: a Failure. */
export type DutyNotice =
  | {
      readonly kind: 'done';
      readonly duty: Duty;
      readonly proposal: string;
      readonly answer: LookAnswer | VerifyAnswer;
    }
  | { readonly kind: 'trouble'; readonly duty: Duty; readonly proposal: string; readonly why: string };

/** What the loop needs beyond a verifier. */
export type VerifierLoopParts = VerifyParts & {
  readonly projections: Pick<Projections, 'proposals'>;
  /** Between two looks at the record. */
  readonly pollEveryMs: number;
  /** After a refusal or trouble, a proposal is left alone for this long, then twice as long, at most a minute. */
  readonly retryAfterMs: number;
  /** Is told of everything that was done. Must not throw. */
  readonly notice: (notice: DutyNotice) => void;
};

/** A runner or a target waits for these. */
const BINDING: readonly StateKind[] = ['executing', 'executed'];
/** People wait for these. */
const WAITING: readonly StateKind[] = ['proposed', 'open', 'approved'];
const MOST_ROWS = 1000;
const AT_A_TIME = 4;
/** Anybody may propose checks that take their time: half of the hands stay free for what a runner or a target waits for. */
const MOST_FOR_PEOPLE = 2;
const LONGEST_REST_MS = 60_000;

type Rest = { readonly untilMs: number; readonly restMs: number };

/**
 * Watches the record and handles what waits, until the signal aborts; what is in hand is finished first.
 *
 * A look is due where nobody has looked yet: at a proposal with checks, and at a claim before its start. A verdict is due on every
 * execution that is over. An execution that is under way is not its business: if its runner died, that runner says so when it comes
 * back, and the verdict becomes due then. A refusal or a Failure costs one proposal a rest, never the others their turn.
 *
 * @throws whatever is no Failure: a bug, or a record that no code of ours wrote
 */
export async function verifierLoop(parts: VerifierLoopParts, signal: AbortSignal): Promise<void> {
  const inHand = new Map<string, Taken>();
  const rests = new Map<string, Rest>();
  const bugs: unknown[] = [];
  while (!signal.aborted && bugs.length === 0) {
    for (const one of await due(parts, rests)) {
      if (!mayTake(inHand, one)) continue;
      const work = attend(parts, one, rests)
        .catch((thrown: unknown) => void bugs.push(thrown))
        .finally(() => void inHand.delete(one.proposal));
      inHand.set(one.proposal, { isForPeople: one.isForPeople, work });
    }
    await parts.clock.wait(parts.pollEveryMs, signal);
  }
  await Promise.all([...inHand.values()].map(({ work }) => work));
  if (bugs.length > 0) throw bugs[0];
}

type Taken = { readonly isForPeople: boolean; readonly work: Promise<void> };

function mayTake(inHand: ReadonlyMap<string, Taken>, { proposal, isForPeople }: DueDuty): boolean {
  if (inHand.size >= AT_A_TIME || inHand.has(proposal)) return false;
  return !isForPeople || [...inHand.values()].filter((taken) => taken.isForPeople).length < MOST_FOR_PEOPLE;
}

/**
 * Tells what a proposal waits for from a verifier.
 *
 * @returns the duty, or `undefined` when there is none now
 */
export function dutyAt(state: ProposalState): Duty | undefined {
  switch (state.kind) {
    case 'executed':
      return 'verify';
    case 'executing':
      return state.stage === 'claimed' && state.checks.length > 0 ? 'look' : undefined;
    case 'proposed':
    case 'open':
    case 'approved':
      return state.lookedAt.length === 0 && state.checks.length > 0 ? 'look' : undefined;
    default:
      return undefined;
  }
}

type DueDuty = {
  readonly proposal: string;
  readonly duty: Duty;
  readonly stage: string;
  /** Nobody but people wait for it. */
  readonly isForPeople: boolean;
};

/** What a runner or a target waits for comes first, the oldest first within. */
async function due(parts: VerifierLoopParts, rests: ReadonlyMap<string, Rest>): Promise<readonly DueDuty[]> {
  const nowMs = parts.clock.nowMs();
  const rows: ProposalRow[] = [];
  for (const states of [BINDING, WAITING]) {
    const found = await parts.projections.proposals({ states, limit: MOST_ROWS });
    rows.push(...found.toReversed());
  }
  return rows.flatMap(({ proposal, state }) => {
    const duty = dutyAt(state);
    if (duty === undefined) return [];
    const one = { proposal, duty, stage: state.kind, isForPeople: WAITING.includes(state.kind) };
    return (rests.get(restKey(one))?.untilMs ?? 0) <= nowMs ? [one] : [];
  });
}

/** A rest is of one stage of a proposal: a claim is not made to wait for what went wrong before it. */
function restKey(duty: DueDuty): string {
  return `${duty.proposal} ${duty.stage}`;
}

async function attend(parts: VerifierLoopParts, due: DueDuty, rests: Map<string, Rest>): Promise<void> {
  const isDone = await fulfil(parts, due);
  if (isDone) {
    rests.delete(restKey(due));
    return;
  }
  const restMs = Math.min(LONGEST_REST_MS, (rests.get(restKey(due))?.restMs ?? parts.retryAfterMs / 2) * 2);
  rests.set(restKey(due), { untilMs: parts.clock.nowMs() + restMs, restMs });
}

async function fulfil(parts: VerifierLoopParts, { proposal, duty }: DueDuty): Promise<boolean> {
  try {
    const answer = await (duty === 'look' ? lookAt(parts, proposal) : verifyExecution(parts, proposal));
    parts.notice({ kind: 'done', duty, proposal, answer });
    return answer.kind !== 'refused';
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    parts.notice({ kind: 'trouble', duty, proposal, why: `${thrown.code}: ${thrown.message}` });
    return false;
  }
}
