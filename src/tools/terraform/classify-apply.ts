/**
 * Says what became of an apply (L6). The first rule that matches wins, and the exit code alone decides nothing: Terraform ends
 * with 1 for "nothing happened", for "half of it happened" and for "nobody knows".
 */

import { type Outcome, visibleLine } from '../../kernel/index.ts';
import type { ApplyObservation } from './apply-observation.ts';
import type { ChangeSummary } from './apply-stream.ts';
import { type ApplyTally, type PlannedProgress, tallyApply } from './apply-tally.ts';
import { resourceRows } from './resource-rows.ts';

/** Terraform's own words for an operation that a second signal cut short. */
const CUT_SHORT = 'operation canceled';

type Judgement = Pick<Outcome, 'kind' | 'because'>;

/** Classifies an apply. @returns the outcome with a row for each planned change; `evidence` is the caller's to add */
export function classifyApply(observation: ApplyObservation): Outcome {
  const tally = tallyApply(observation.stream, observation.planned ?? [], observation.after);
  const { kind, because } = judge(observation, tally);
  const resources = resourceRows(observation, tally);
  return { kind, resources, end: observation.end, because: because.map(visibleLine), evidence: [] };
}

function judge(observation: ApplyObservation, tally: ApplyTally): Judgement {
  const { end } = observation;
  if (end.kind === 'not-started') return { kind: 'no-effect', because: [`Terraform did not start: ${end.why}`] };
  const doubts = [
    ...processDoubts(observation),
    ...streamDoubts(observation, tally),
    ...cancelDoubts(tally),
    ...stateDoubts(observation),
  ];
  if (doubts.length > 0 || end.kind !== 'exited') return { kind: 'indeterminate', because: doubts };
  if (end.code === 0) return judgeEnded(observation, tally);
  return judgeFailed(observation, tally, end.code);
}

function processDoubts({ end, survivors }: ApplyObservation): readonly string[] {
  return [
    ...(end.kind === 'lost' ? ['nobody saw Terraform end'] : []),
    ...(end.kind === 'signalled' ? [`Terraform was killed by ${end.signal}`] : []),
    ...(survivors > 0 ? [`${survivors} of its processes went on when Terraform had ended`] : []),
  ];
}

function streamDoubts({ end, stream, planned }: ApplyObservation, tally: ApplyTally): readonly string[] {
  const excerpt = stream.unreadable[0];
  const hasEnded = end.kind === 'exited' && (end.code === 0 ? tally.summary !== undefined : tally.errors.length > 0);
  return [
    ...(planned === undefined ? ['the sealed plan can not be read any more, so nothing can be compared with it'] : []),
    ...(excerpt === undefined
      ? []
      : [`${stream.unreadableCount} lines of its output are no events, first: ${excerpt}`]),
    ...tally.open.map((address) => `${address} began and never ended`),
    ...tally.unbegun.map((address) => `${address} ended and never began`),
    ...tally.unplanned.map((address) => `${address} was changed though the plan did not speak of it`),
    ...(hasEnded ? [] : ['its event stream stops without saying how it ended']),
  ];
}

/** A second signal makes Terraform leave at once: what it writes after that, and whether it writes it, is chance. */
function cancelDoubts({ errors }: ApplyTally): readonly string[] {
  const isCut = errors.some(({ summary }) => summary === CUT_SHORT);
  return isCut
    ? ['Terraform was made to leave before what it had begun had ended, and says that data may be lost']
    : [];
}

function stateDoubts({ before, after, hasErroredState }: ApplyObservation): readonly string[] {
  const isOther = after.kind === 'read' && before.lineage !== '' && after.lineage !== before.lineage;
  return [
    ...(hasErroredState
      ? ['Terraform could not save the state; errored.tfstate is the only copy of what it knows']
      : []),
    ...(after.kind === 'unreadable' ? [`the state afterwards can not be read: ${after.why}`] : []),
    ...(after.kind === 'absent' && before.lineage !== '' ? ['the state is gone'] : []),
    ...(isOther ? ['the state afterwards is another one: its lineage changed'] : []),
  ];
}

function judgeFailed({ before, after }: ApplyObservation, tally: ApplyTally, code: number): Judgement {
  const ended = `Terraform ended with ${code}: ${errorText(tally)}`;
  if (tally.starts === 0) {
    const isUntouched = after.kind === 'absent' || (after.kind === 'read' && after.serial === before.serial);
    if (isUntouched) return { kind: 'no-effect', because: [ended, 'no change had begun and the state is as it was'] };
    return { kind: 'indeterminate', because: [ended, 'no change had begun, and yet the state is not as it was'] };
  }
  const forgotten = stateContradictions(tally.progress.filter(isReportedDone));
  if (forgotten.length > 0) return { kind: 'indeterminate', because: [ended, ...forgotten] };
  if (tally.completes > 0 || tally.tainted.length > 0) {
    const missing = missingParts(tally);
    const what = missing.length === 0 ? ['every planned change was made before the error'] : missing;
    return { kind: 'partial', because: [ended, ...what] };
  }
  return {
    kind: 'indeterminate',
    because: [
      ended,
      'whatever began has failed, which does not prove that nothing was changed: only a look at the world can tell',
    ],
  };
}

function judgeEnded(observation: ApplyObservation, tally: ApplyTally): Judgement {
  const missing = unfinished(tally).map(({ address }) => address);
  if (missing.length > 0 && (tally.completes > 0 || tally.tainted.length > 0)) {
    return { kind: 'partial', because: ['Terraform ended with 0, and yet:', ...missingParts(tally)] };
  }
  const contradictions = [
    ...missing.map((address) => `${address} was not done`),
    ...countDifferences(tally.planned, tally.summary),
    ...stateContradictions(tally.progress),
    ...(observation.after.kind === 'absent' && tally.planned.add > 0 ? ['there is no state afterwards'] : []),
  ];
  if (contradictions.length > 0) return { kind: 'indeterminate', because: contradictions };
  return { kind: 'completed', because: ['every planned change was made, and counts and state agree'] };
}

/** Planned changes that are not wholly done. */
function unfinished({ progress }: ApplyTally): readonly PlannedProgress[] {
  return progress.filter(
    ({ expected, completed, isTainted }) => isTainted || !expected.every((action) => completed.includes(action)),
  );
}

/** What is not wholly done, told apart: an object that nobody can tell of must not pass for one that was left alone. */
function missingParts(tally: ApplyTally): readonly string[] {
  const missing = unfinished(tally);
  const tainted = missing.filter(({ isTainted }) => isTainted);
  const unclear = missing.filter(({ isTainted, hasBegun }) => !isTainted && hasBegun);
  const untouched = missing.filter(({ isTainted, hasBegun }) => !isTainted && !hasBegun);
  return [
    ...sentence('made and left broken (tainted)', tainted),
    ...sentence('begun and failed, which does not prove that nothing was made', unclear),
    ...sentence('not begun', untouched),
  ];
}

function sentence(what: string, those: readonly PlannedProgress[]): readonly string[] {
  return those.length === 0 ? [] : [`${what}: ${those.map(({ address }) => address).join(', ')}`];
}

// Moves, imports and what is forgotten show in no stream: the state alone tells of them.
function isReportedDone({ expected, completed }: PlannedProgress): boolean {
  return expected.length > 0 && expected.every((action) => completed.includes(action));
}

function stateContradictions(progress: readonly PlannedProgress[]): readonly string[] {
  return progress.flatMap(({ address, action, isInState }) => {
    if (action === 'read' || isInState === undefined) return [];
    const shouldBe = action !== 'delete' && action !== 'forget';
    if (isInState === shouldBe) return [];
    return [shouldBe ? `${address} is not in the state` : `${address} is still in the state`];
  });
}

function countDifferences(planned: ChangeSummary, found: ChangeSummary | undefined): readonly string[] {
  if (found === undefined) return [];
  const names: readonly (keyof ChangeSummary)[] = ['add', 'change', 'remove', 'import'];
  return names
    .filter((name) => planned[name] !== found[name])
    .map((name) => `${planned[name]} to ${name} were planned, Terraform counts ${found[name]}`);
}

function errorText(tally: ApplyTally): string {
  return tally.errors.map(({ summary, where }) => (where === undefined ? summary : `${summary} (${where})`)).join('; ');
}
