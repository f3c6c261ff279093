/**
 * Examines what released a target: words of a person, which must hold by the runner's own trust file.
 *
 * A control plane, or whoever else can write the record, must never get a target released that nobody looked at.
 */

import {
  type CheckedStatement,
  type EventBody,
  isFailure,
  misstated,
  type ProposalState,
  type ReleaseFinding,
  type Sha256Hex,
  type StatementSubject,
  type StateOf,
  statementSubject,
  visibleLine,
} from '../../kernel/index.ts';
import type { RecordedEvent } from '../../record/index.ts';
import { readPreview } from '../../tools/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import { readManifest } from './read-manifest.ts';

type Examiner = Pick<ExecutionParts, 'journal' | 'log' | 'blobs' | 'hash' | 'authority' | 'disownedReleases'>;

/** What rests on words that were disowned is in doubt, whatever state they led to. */
const DISOWNED = 'it rests on words that were disowned';

/**
 * Examines every release of a proposal's target that no runner has found to hold before, and every close that rests on words
 * that an approver disowned since.
 *
 * @returns what was found of each, with the reason where it does not hold
 * @throws Failure of record and trust file
 */
export async function examineReleases(parts: Examiner, proposal: string): Promise<readonly ReleaseFinding[]> {
  const { state, target } = await parts.journal.standing(proposal);
  const { reconciled = [] } = target;
  const disowned = state.kind === 'absent' ? [] : await parts.disownedReleases(state.target, placeOfState(state));
  const findings: ReleaseFinding[] = [];
  for (const released of reconciled) {
    const why = (await doubt(parts, released)) ?? (disowned.includes(released) ? DISOWNED : undefined);
    findings.push({ proposal: released, why });
  }
  const closed = disowned.filter((released) => !reconciled.includes(released));
  return [...findings, ...closed.map((released): ReleaseFinding => ({ proposal: released, why: DISOWNED }))];
}

function placeOfState(state: ProposalState): Sha256Hex | undefined {
  return 'place' in state ? state.place : undefined;
}

async function doubt(parts: Examiner, released: string): Promise<string | undefined> {
  const { state } = await parts.journal.standing(released);
  if (state.kind !== 'closed' || state.mark !== 'reconciled') return `it is ${state.kind}`;
  const answers = await Promise.all((await wordsOf(parts, released)).map((event) => checkWord(parts, state, event)));
  const signed = answers.filter((answer) => answer.kind === 'signed');
  if (signed.some(({ strength }) => strength === 'verified')) return undefined;
  const forged = answers.find((answer) => answer.kind === 'forged');
  if (signed.length === 0 && forged !== undefined) return forged.why;
  const asked = await askedOf(parts, state);
  if (asked === undefined) return undefined;
  if (signed.length === 0) return `it is not signed (${asked.by})`;
  return asked.plainKeys ? undefined : `its key proves possession only, and not that a person was there (${asked.by})`;
}

type Reconciled = Extract<EventBody, { readonly type: 'reconciled' }>;
type WordEvent = RecordedEvent & { readonly body: Reconciled };

const MOST_WORDS = 1_000;

async function wordsOf(parts: Examiner, released: string): Promise<readonly WordEvent[]> {
  const query = { stream: `proposal:${released}`, types: ['reconciled'], afterSeq: 0, limit: MOST_WORDS } as const;
  return (await parts.log.read(query)).filter((event): event is WordEvent => event.body.type === 'reconciled');
}

type WordAnswer =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'signed'; readonly strength: CheckedStatement['strength'] }
  | { readonly kind: 'forged'; readonly why: string };

async function checkWord(parts: Examiner, state: StateOf<'closed'>, { actor, body }: WordEvent): Promise<WordAnswer> {
  const { statement } = body;
  if (statement === undefined) return { kind: 'unsigned' };
  const checked = await parts.authority.checkStatement(statement);
  if ('kind' in checked) return { kind: 'forged', why: `its signature does not hold: ${checked.why}` };
  const { document } = checked;
  const why =
    misstated(document, subjectOf(state), body) ??
    (document.approver === actor.name ? undefined : `${actor.name} handed in a signature of ${document.approver}`);
  return why === undefined
    ? { kind: 'signed', strength: checked.strength }
    : { kind: 'forged', why: visibleLine(`it was signed for something else: ${why}`) };
}

// Verdicts may have come since; everything else is as it was when the target was released.
function subjectOf(state: ProposalState): Partial<StatementSubject> {
  const subject = statementSubject(state, 'reconcile');
  if (subject === undefined) return {};
  const { verdicts: _, ...lasting } = subject;
  return lasting;
}

type Asked = { readonly by: string; readonly plainKeys: boolean };

async function askedOf(parts: Examiner, state: StateOf<'closed'>): Promise<Asked | undefined> {
  try {
    const manifest = readManifest(parts.hash, await parts.blobs.get(state.bundleDigest), state.bundleDigest);
    const preview = readPreview(parts.hash, await parts.blobs.get(manifest.previewDigest), manifest.previewDigest);
    const demand = await parts.authority.signatureDemand({ manifest, preview, proposer: manifest.proposer });
    if (demand === undefined) return undefined;
    return { by: `the policy asks for it: ${demand.rule.rule}, ${demand.rule.where}`, plainKeys: demand.plainKeys };
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    const by = visibleLine(`nobody can tell what its policy asks for: ${thrown.message}`);
    return { by, plainKeys: state.requirement.plainKeys };
  }
}
