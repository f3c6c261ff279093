/**
 * Proves that a lock is what a dead execution left behind, or says what is missing to the proof.
 *
 * Only the execution's own holding of the lock counts: it was taken by the runner's account on this machine, after the execution
 * had begun and before the first change that its event stream tells of. Since Terraform changes nothing without the lock, that lock
 * was this execution's; and nothing of it is alive to give it back.
 */

import { z } from 'zod';
import { visibleLine } from '../../../kernel/index.ts';
import type { PastExecution } from '../../past-executions.ts';
import type { StateLock } from './state-locks.ts';

/** A proof, as it is sealed; or what is missing. */
export type OwnerProof =
  | { readonly kind: 'proven'; readonly claim: string; readonly startedAtMs: number; readonly firstChangeAtMs: number }
  | { readonly kind: 'unproven'; readonly why: string; readonly next: string };

const APPLY = 'OperationTypeApply';
const EVENT = z.object({ type: z.literal('apply_start'), '@timestamp': z.string() });
const LOOK =
  'find out who holds it, and that no terraform of theirs runs; then propose `force-unlock` as an argv change';

/** Proves. @param printed  the execution's own event stream */
export function proveOwner(lock: StateLock, past: PastExecution, printed: Uint8Array | undefined): OwnerProof {
  const holder = holderWords(lock);
  if (past.kind === 'unknown') return unproven(`${holder}, and ${past.why}`, past.next);
  if (past.aliveCount > 0) {
    return unproven(
      `${past.aliveCount} of the processes of the execution are alive and may hold it`,
      'wait until they have ended, or stop them yourself; then ask again',
    );
  }
  if (lock.who !== past.who) return unproven(`${holder}, and this runner is ${past.who}`, LOOK);
  if (lock.operation !== APPLY) return unproven(`${holder}: that is not an apply`, LOOK);
  const firstChangeAtMs = firstChange(printed);
  if (firstChangeAtMs === undefined) {
    return unproven(`${holder}, and the execution's own output does not show that it ever had the lock`, LOOK);
  }
  const { createdAtMs } = lock;
  if (createdAtMs === undefined || createdAtMs < past.startedAtMs || createdAtMs > firstChangeAtMs) {
    const window = `between ${timeText(past.startedAtMs)} and ${timeText(firstChangeAtMs)}`;
    return unproven(`${holder}, and the execution took its own ${window}`, LOOK);
  }
  return { kind: 'proven', claim: past.claim, startedAtMs: past.startedAtMs, firstChangeAtMs };
}

/** Who holds a lock, since when and for what. One line; what the holder said of itself is made visible. */
export function holderWords(lock: StateLock): string {
  const since = lock.createdAtMs === undefined ? 'since nobody knows when' : `since ${timeText(lock.createdAtMs)}`;
  const who = lock.who === '' ? 'somebody who gave no name' : visibleLine(lock.who);
  return `${who} holds the lock ${visibleLine(lock.id)} ${since}, for ${visibleLine(lock.operation) || 'nothing that is named'}`;
}

/** What is said where Terraform answers neither that the state is locked nor that it is not. */
export function untoldWords(why: string): string {
  return `can't tell whether the state is locked: ${visibleLine(why)}`;
}

/** When the execution's first change began, by Terraform's own clock; whole milliseconds, rounded up. */
function firstChange(printed: Uint8Array | undefined): number | undefined {
  const times = new TextDecoder()
    .decode(printed)
    .split('\n')
    .flatMap((line) => (line.includes('apply_start') ? changeTime(line) : []));
  return times.length === 0 ? undefined : Math.min(...times) + 1;
}

function changeTime(line: string): readonly number[] {
  try {
    const atMs = Date.parse(EVENT.parse(JSON.parse(line))['@timestamp']);
    return Number.isNaN(atMs) ? [] : [atMs];
  } catch {
    // A line that was cut off by the kill tells no time; an earlier one may.
    return [];
  }
}

function unproven(why: string, next: string): OwnerProof {
  return { kind: 'unproven', why, next };
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}
