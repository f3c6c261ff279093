/** The runner as a service: executes what was approved for it, one after another. */

import { isFailure, type StateOf } from '../../kernel/index.ts';
import type { ProposalRow } from '../../record/index.ts';
import { sweepSecrets } from './destroy-secrets.ts';
import { executeApproved } from './execute-approved.ts';
import type { ExecutionAnswer } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { Recovered } from './recover-execution.ts';
import { recoverUnfinished } from './recover-unfinished.ts';

/** Is told what the service does, for its log. Must not throw. */
export interface RunnerLog {
  recovered(recovered: Recovered): void;
  answered(proposal: string, answer: ExecutionAnswer): void;
  /** A failure with one proposal, or with the record as a whole (`proposal` is undefined then). The service goes on. */
  troubled(proposal: string | undefined, thrown: unknown): void;
}

const MOST_APPROVED = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const SWEEP_EVERY_MS = 5 * 60_000;

/**
 * Watches for approved proposals of this runner until the signal aborts, and executes them one after another.
 *
 * Recovers first. A refusal or failure is tried again after a pause that doubles up to five minutes. An abort during an execution
 * asks the tool to stop once, and the service ends when that execution has.
 *
 * @throws a bug report only
 */
export async function runLoop(parts: ExecutionParts, log: RunnerLog, signal: AbortSignal): Promise<void> {
  const pauses = new Map<string, Pause>();
  let sweepAtMs = 0;
  await attempt(log, undefined, async () => {
    for (const recovered of await recoverUnfinished(parts)) log.recovered(recovered);
  });
  while (!signal.aborted) {
    await attempt(log, undefined, async () => {
      for (const row of await findApproved(parts)) await executeDue({ parts, log, pauses, signal }, row.proposal);
    });
    if (!signal.aborted && parts.clock.nowMs() >= sweepAtMs) {
      await attempt(log, undefined, async () => void (await sweepSecrets(parts)));
      sweepAtMs = parts.clock.nowMs() + SWEEP_EVERY_MS;
    }
    await parts.clock.wait(parts.pace.pollEveryMs, signal);
  }
}

type Pause = { readonly untilMs: number; readonly lengthMs: number };

type Service = {
  readonly parts: ExecutionParts;
  readonly log: RunnerLog;
  readonly pauses: Map<string, Pause>;
  readonly signal: AbortSignal;
};

async function findApproved(parts: ExecutionParts): Promise<readonly ProposalRowOf<'approved'>[]> {
  const rows = await parts.projections.proposals({ states: ['approved'], limit: MOST_APPROVED });
  const own = rows.filter((row): row is ProposalRowOf<'approved'> => isApprovedFor(row, parts.signer.name));
  // Oldest first: the list comes newest first.
  return own.reverse();
}

type ProposalRowOf<Kind extends 'approved'> = ProposalRow & { readonly state: StateOf<Kind> };

function isApprovedFor(row: ProposalRow, runner: string): boolean {
  return row.state.kind === 'approved' && row.state.runner === runner;
}

async function executeDue(service: Service, proposal: string): Promise<void> {
  const { parts, log, pauses, signal } = service;
  const pause = pauses.get(proposal);
  if (signal.aborted || (pause !== undefined && parts.clock.nowMs() < pause.untilMs)) return;
  const isOver = await attempt(log, proposal, async () => {
    const answer = await executeApproved(parts, proposal, signal);
    log.answered(proposal, answer);
    return answer.kind !== 'refused';
  });
  if (isOver === true) {
    pauses.delete(proposal);
    return;
  }
  const lengthMs = Math.min(LONGEST_PAUSE_MS, pause === undefined ? parts.pace.pollEveryMs : pause.lengthMs * 2);
  pauses.set(proposal, { lengthMs, untilMs: parts.clock.nowMs() + lengthMs });
}

async function attempt<T>(log: RunnerLog, proposal: string | undefined, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    log.troubled(proposal, thrown);
    return undefined;
  }
}
