/** Says of each planned change what is known of it, and no more. */

import { type ResourceOutcome, type ResourceStatus, visibleLine } from '../../kernel/index.ts';
import type { ApplyObservation } from './apply-observation.ts';
import type { ApplyError, ApplyTally, PlannedProgress } from './apply-tally.ts';

const LONGEST_DETAIL = 300;

/** One row for each planned change, and for whatever was changed beside the plan. */
export function resourceRows(observation: ApplyObservation, tally: ApplyTally): readonly ResourceOutcome[] {
  const planned = tally.progress.map((progress) => row(observation, progress));
  const beside = tally.unplanned.map((address): ResourceOutcome => {
    return {
      address: visibleLine(address),
      action: 'unplanned',
      status: 'unknown',
      detail: 'the plan did not speak of it',
    };
  });
  return [...planned, ...beside];
}

function row(observation: ApplyObservation, progress: PlannedProgress): ResourceOutcome {
  const status =
    progress.expected.length === 0 ? quietStatus(observation, progress) : loudStatus(observation, progress);
  const details = [
    partlyDone(progress, status),
    progress.error === undefined ? undefined : errorDetail(progress.error),
  ].filter((text) => text !== undefined);
  const detail = details.length === 0 ? undefined : details.join('; ');
  return {
    address: progress.address,
    action: progress.action,
    status,
    ...(progress.id === undefined ? {} : { id: visibleLine(progress.id) }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** The status of a change that shows in the stream. */
function loudStatus(observation: ApplyObservation, progress: PlannedProgress): ResourceStatus {
  if (observation.end.kind === 'not-started') return 'not-attempted';
  if (progress.isTainted) return 'tainted';
  if (progress.isOpen) return 'unknown';
  if (progress.expected.every((action) => progress.completed.includes(action))) return doneOrUnknown(progress);
  // An error is no proof of "no effect": a provider may have lost the answer of a server that did as it was asked.
  if (progress.hasErrored) return 'unknown';
  if (progress.completed.length > 0) return 'errored';
  if (isStreamDoubtful(observation)) return 'unknown';
  return progress.error === undefined ? 'not-attempted' : 'errored';
}

/** The status of a move, an import or a forgetting, which only the state tells. */
function quietStatus(observation: ApplyObservation, { action, isInState }: PlannedProgress): ResourceStatus {
  if (observation.end.kind === 'not-started') return 'not-attempted';
  if (isInState === undefined || observation.hasErroredState) return 'unknown';
  return isInState === (action !== 'forget') ? 'done' : 'not-attempted';
}

function doneOrUnknown({ action, isInState }: PlannedProgress): ResourceStatus {
  if (action === 'read') return 'done';
  return isInState === (action !== 'delete') ? 'done' : 'unknown';
}

function isStreamDoubtful({ end, stream }: ApplyObservation): boolean {
  return end.kind === 'lost' || stream.unreadableCount > 0;
}

function partlyDone({ completed, expected }: PlannedProgress, status: ResourceStatus): string | undefined {
  const missing = expected.filter((action) => !completed.includes(action));
  if (status === 'done' || completed.length === 0 || missing.length === 0) return undefined;
  return `${completed.join(', ')} was done, ${missing.join(', ')} was not`;
}

function errorDetail({ summary, detail, where }: ApplyError): string {
  const place = where === undefined ? '' : ` (${where})`;
  const text = `${summary}${place}${detail === '' ? '' : `: ${detail}`}`;
  return visibleLine(text.replace(/\s+/g, ' ').slice(0, LONGEST_DETAIL).toWellFormed());
}
