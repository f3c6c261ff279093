/** Records what drifted, and sees to it that one draft waits for a person who wants it put back. It runs nothing. */

import {
  canonicalJson,
  type EvidenceRef,
  type Refusal,
  type Sha256Hex,
  type StateOf,
  visibleLine,
} from '../../../kernel/index.ts';
import { recordEvidence } from '../../../record/index.ts';
import type { Drift, LookAgainAnswer } from '../../../tools/index.ts';
import { proposeChange } from '../propose-change.ts';
import type { ProposeAnswer } from '../propose-parts.ts';
import type { DriftDraft, Drifted, DriftParts, DriftQuestion, SameChange } from './drift-parts.ts';
import { DRIFT_ABOUT, findAnswers } from './find-answers.ts';

/** What was found, and of which change. */
export type FoundDrift = {
  readonly last: StateOf<'closed'>;
  readonly executedSeq: number;
  readonly change: SameChange;
  readonly found: Extract<LookAgainAnswer, { readonly kind: 'drifted' }>;
};

const MOST_NAMED = 10;
const PAGE = 1_000;

/**
 * Records the finding and opens the draft, unless both are there already: a finding has a digest, and the same one is the same drift.
 *
 * @throws Failure as `proposeChange`
 */
export async function openDriftDraft(
  parts: DriftParts,
  question: DriftQuestion,
  drifted: FoundDrift,
): Promise<Drifted> {
  const { found } = drifted;
  const content = new TextEncoder().encode(canonicalJson(findingOf(drifted)));
  const digest = parts.hash(content);
  const evidence =
    (await findRecorded(parts, drifted.executedSeq, digest)) ?? (await record(parts, question, drifted, content));
  const draft = await draftOf(parts, question, drifted, evidence);
  return { kind: 'drifted', drift: found.drift, evidence, draft };
}

function findingOf({ last, change, found }: FoundDrift): Parameters<typeof canonicalJson>[0] {
  const { resources, outputs, failedChecks } = found.drift;
  return {
    schema: 'countersign.drift-finding/1',
    target: last.target,
    confirmed: last.proposal,
    directory: change.directory,
    options: found.argv,
    resources,
    outputs,
    failedChecks,
  };
}

// Nothing can have drifted from a change before it was executed: older evidence is of something else.
async function findRecorded(
  { log }: DriftParts,
  sinceSeq: number,
  digest: Sha256Hex,
): Promise<EvidenceRef | undefined> {
  for (let afterSeq = sinceSeq; ; ) {
    const events = await log.read({ types: ['evidence-recorded'], afterSeq, limit: PAGE });
    for (const { body } of events) {
      if (body.type === 'evidence-recorded' && body.digest === digest) return { id: body.id, digest };
    }
    const last = events.at(-1);
    if (last === undefined || events.length < PAGE) return undefined;
    afterSeq = last.seq;
  }
}

async function record(
  parts: DriftParts,
  { proposer }: DriftQuestion,
  { last, found }: FoundDrift,
  content: Uint8Array,
): Promise<EvidenceRef> {
  const about = `${DRIFT_ABOUT}${last.target} since ${last.proposal} was confirmed: ${driftWords(found.drift)}`;
  // Nothing in it is masked again: names only, and the driver masked those. So its digest is that of the finding.
  const { id, digest } = await recordEvidence(parts, proposer, { source: 'run', about, content, secrets: [] });
  return { id, digest };
}

async function draftOf(
  parts: DriftParts,
  { proposer, inherited }: DriftQuestion,
  { last, change, found }: FoundDrift,
  evidence: EvidenceRef,
): Promise<DriftDraft> {
  const known = await findAnswers(parts, last, evidence.digest);
  if (known !== undefined) return known;
  if (!found.isMendable) return none('no plan would put it back', 'look at the conditions that do not hold yourself');
  const answer = await proposeChange(parts, {
    ...change,
    proposer,
    inherited,
    driver: last.driver,
    argv: found.argv,
    intent: intentOf(last.proposal, change, found.drift),
    checks: [],
    evidence: [evidence],
    occasion: evidence.digest,
  });
  return readAnswer(answer);
}

// A secret that has another value since looks the same as a drift: whoever approves has to know that it was given anew.
function intentOf(confirmed: string, { secretVariables }: SameChange, drift: Drift): string {
  const anew = secretVariables.length === 0 ? '' : ` (with the present values of ${secretVariables.join(', ')})`;
  return `put back what drifted since ${confirmed} was confirmed${anew}: ${driftWords(drift)}`;
}

function readAnswer(answer: ProposeAnswer): DriftDraft {
  switch (answer.kind) {
    case 'open':
    case 'approved':
      return { kind: 'waits', id: answer.id, state: answer.kind, isNew: true };
    case 'again':
      return { kind: 'waits', id: answer.id, state: answer.state.kind, isNew: false };
    case 'forbidden':
      return none(`the policy refuses ${answer.id}, whoever would approve`, `countersign show ${answer.id}`);
    case 'unplannable':
      return none(`${answer.id} can't be planned: ${answer.why}`, answer.next);
    case 'refused':
      return refusedDraft(answer);
  }
}

function refusedDraft({ why, next }: Refusal): DriftDraft {
  return none(`it was refused: ${why}`, next);
}

function none(why: string, next: string): DriftDraft {
  return { kind: 'none', why: visibleLine(why), next };
}

/** Says what drifted, in one line. */
function driftWords({ resources, outputs, failedChecks }: Drift): string {
  const all = [
    ...resources.map(({ address, action }) => `${action} ${address}`),
    ...outputs.map((name) => `output ${name}`),
    ...failedChecks.map((address) => `${address} does not hold`),
  ];
  const named = all.slice(0, MOST_NAMED).join(', ');
  if (all.length > MOST_NAMED) return `${named} and ${all.length - MOST_NAMED} more`;
  return named === '' ? 'something in the state alone' : named;
}
