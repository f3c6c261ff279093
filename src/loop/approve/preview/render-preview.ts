/** The text that a person reads before signing: first what decides, then everything. It holds no colours and trusts no word. */

import type {
  CheckProgram,
  EvidenceRef,
  Json,
  Preview,
  ProposalState,
  Proposer,
  Requirement,
  Unpredictable,
} from '../../../kernel/index.ts';
import { digestJson, visibleLine } from '../../../kernel/index.ts';
import { demandSentence } from '../policy/strictest.ts';
import type { SealedPreview, SealedState } from '../read-sealed.ts';
import { sha256Hex } from '../sha256-hex.ts';
import { changeLines } from './change-lines.ts';
import { checkTexts } from './check-texts.ts';
import { behindMargin } from './wrap-columns.ts';

/** One citation; `about` is `null` where the record has no such bytes under this id. */
export type CitedEvidence = EvidenceRef & { readonly about: string | null };

/** How to write it. */
export type PreviewOptions = {
  /** Columns of the terminal; 40 to 1000. */
  readonly widthColumns: number;
  /** How many lines of the whole text to show; what is left out is counted and said. */
  readonly mostTextLines: number;
  /** What the bundle says of its place, of `readSealed`. */
  readonly sealed: Pick<SealedPreview, 'place' | 'programs' | 'account'>;
  /** What the bundle cites, with what the record says of it. */
  readonly evidence: readonly CitedEvidence[];
  /** What the trust file says of the target, of `TargetPolicy.resolve`: that nothing binds it, that a label was ignored. */
  readonly targetNotes: readonly string[];
  /** The proposal that it says it recovers, as it stands; `undefined` where it recovers none or nothing is recorded of it. */
  readonly recovered?: ProposalState | undefined;
};

/**
 * Writes what an approver reads: target, environment and place first with what is doubtful about them, then counts with destroys first, what can't be predicted,
 * notes, who and why, what it recovers and rests on, checks and whether each is red now, what the policy demands; then the resources (every one that destroys, up to 500;
 * the rest counted by type and module where there are more than 100), then the tool's text.
 *
 * Everything from outside is made visible and stands behind a margin, so that no line of it can pass for one of ours.
 *
 * @param preview  the preview as this process read it; the text begins with STOP when it is not the one that the state names
 */
export function renderPreview(state: SealedState, preview: Preview, options: PreviewOptions): string {
  const width = options.widthColumns;
  const head = headRows(state, preview, options).flatMap(([label, text]) =>
    behindMargin(text, { first: label.padEnd(MARGIN.length), rest: MARGIN }, width),
  );
  return [
    ...head,
    ...changeLines(preview.resources, state.proposal, width),
    ...allHoles(preview, width),
    ...wholeText(state, preview, options),
    '',
  ].join('\n');
}

const MARGIN: string = ' '.repeat(12);
const MOST_HOLES = 5;
const MOST_NOTES = 30;

type Row = readonly [label: string, text: string];

const ALARM: Row = ['STOP', 'this preview is not the one that a signature would cover: do not sign it'];

function headRows(
  state: SealedState,
  preview: Preview,
  { sealed, evidence, recovered, targetNotes }: PreviewOptions,
): readonly Row[] {
  const isThisOne = digestJson(sha256Hex, preview) === state.previewDigest;
  return [
    ...(isThisOne ? [] : [ALARM]),
    ['TARGET', `${visibleLine(state.target)}, ${state.environment.toUpperCase()}`],
    ...rows(
      'PLACE',
      sealed.place.map(({ name, value }) => `${name}: ${placeText(value)}`),
    ),
    ...rows('BEWARE', targetNotes),
    ['WOULD', countsText(preview)],
    ...holes(preview),
    ...noteRows(preview.notes, state.proposal),
    ['WHO', proposerText(state.proposer)],
    ['WHY', visibleLine(state.intent)],
    ...(state.recovers === undefined ? [] : rows('RECOVERS', [recoveryText(state.recovers, recovered)])),
    ...rows('EVIDENCE', evidence.map(evidenceText)),
    ...checkRows(state, sealed.programs),
    ...('requirement' in state ? requirementRows(state.requirement, state.expiresAtMs) : []),
    ['RUNS ON', runsOnText(state.runner, sealed.account, preview)],
    ['BUNDLE', state.bundleDigest],
    ['PREVIEW', state.previewDigest],
  ];
}

function rows(label: string, texts: readonly string[]): readonly Row[] {
  return texts.map((text, index) => [index === 0 ? label : '', visibleLine(text)]);
}

function noteRows(notes: readonly string[], proposal: string): readonly Row[] {
  const left = notes.length - MOST_NOTES;
  const more = left > 0 ? [`${left} more notes: countersign show ${proposal} --json`] : [];
  return rows('NOTE', [...notes.slice(0, MOST_NOTES), ...more]);
}

function evidenceText({ id, digest, about }: CitedEvidence): string {
  const what = about === null ? 'of which the record has no such bytes' : `“${about}”`;
  return `${id}  ${what}  sha256 ${digest}`;
}

function recoveryText(recovers: string, recovered: ProposalState | undefined): string {
  if (recovered === undefined || recovered.kind === 'absent') return `${recovers}, of which nothing is recorded`;
  if (recovered.kind === 'held') return `${recovers}, which is held because ${recovered.why}`;
  return `${recovers}, which is ${recovered.kind} and not held: there is nothing to recover`;
}

function runsOnText(runner: string, account: string | undefined, preview: Preview): string {
  const as = account === undefined ? '' : ` as the account ${visibleLine(account)}`;
  return `${visibleLine(runner)}${as}, with ${preview.driver}`;
}

function placeText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function countsText(preview: Preview): string {
  const { destroys, replaces, creates, updates, runs, others } = preview.counts;
  const parts = [
    destroys === 0 ? undefined : `DESTROY ${destroys}${replaces === 0 ? '' : ` (${replaces} to be replaced)`}`,
    runs === 0 ? undefined : `run ${runs}`,
    creates === 0 ? undefined : `create ${creates}`,
    updates === 0 ? undefined : `update ${updates}`,
    others === 0 ? undefined : `others ${others}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'change nothing that the tool can foresee' : parts.join(', ');
}

function holes(preview: Preview): readonly Row[] {
  const { unpredictable } = preview;
  if (unpredictable.length === 0) return [];
  const shown = unpredictable.slice(0, MOST_HOLES).map(holeText);
  const left = unpredictable.length - shown.length;
  const more = left === 0 ? '' : `, the first ${MOST_HOLES} of them here and all below`;
  return [['UNKNOWN', `${unpredictable.length} that nobody can predict${more}:`], ...rows('', shown)];
}

function allHoles(preview: Preview, widthColumns: number): readonly string[] {
  if (preview.unpredictable.length <= MOST_HOLES) return [];
  const margin = { first: '  ', rest: '      ' };
  const lines = preview.unpredictable.flatMap((hole) => behindMargin(holeText(hole), margin, widthColumns));
  return ['', 'WHAT NOBODY CAN PREDICT', ...lines];
}

function holeText(hole: Unpredictable): string {
  return visibleLine(`${hole.what} at ${hole.address}: ${hole.text}`);
}

function proposerText(proposer: Proposer): string {
  if (proposer.kind === 'person') return `${visibleLine(proposer.name)}, a person`;
  const model = proposer.model === undefined ? 'an unnamed model' : visibleLine(proposer.model);
  const session = proposer.session === undefined ? 'no session known' : `session ${visibleLine(proposer.session)}`;
  return `the agent ${visibleLine(proposer.name)} (${model}, ${session}), run by ${visibleLine(proposer.person)}`;
}

function checkRows(state: SealedState, programs: readonly CheckProgram[]): readonly Row[] {
  if (state.checks.length === 0) {
    return [['CHECKS', 'NONE: nothing can confirm this, and the target will be held afterwards']];
  }
  return rows(
    'CHECKS',
    state.checks.flatMap((check) => checkTexts(state, check, programs)),
  );
}

function requirementRows(requirement: Requirement, expiresAtMs: number): readonly Row[] {
  const { approvals, eligible, fourEyes, plainKeys, approvalForMs, breakGlass, grant } = requirement;
  const signedReconcile = requirement.signedReconcile !== undefined;
  const demand = { approvals, from: eligible, fourEyes, plainKeys, signedReconcile, approvalForMs, breakGlass };
  const needs = grant === undefined ? demandSentence(demand) : `nothing more: the standing grant ${grant} approves it`;
  const because = requirement.because.map((rule) => `${rule.rule} (${rule.where}): ${rule.demand}`);
  return [
    ['NEEDS', `${visibleLine(needs)}; until ${new Date(expiresAtMs).toISOString()}`],
    ...rows('BECAUSE', because),
  ];
}

function wholeText(state: SealedState, preview: Preview, options: PreviewOptions): readonly string[] {
  if (preview.text === '') return [];
  const margin = { first: '| ', rest: '| ' };
  const lines = behindMargin(preview.text.replace(/\n$/, ''), margin, options.widthColumns);
  const shown = lines.slice(0, options.mostTextLines);
  const left = lines.length - shown.length;
  const more = left === 0 ? [] : [`${left} more lines: countersign show ${visibleLine(state.proposal)} --json`];
  return ['', "THE TOOL'S OWN WORDS", ...shown, ...more];
}
