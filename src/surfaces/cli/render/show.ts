/** One proposal for a tired person: what it is, what the actor observed, what the verifier found, what to do next. */

import { type PreviewCounts, visibleLine } from '../../../kernel/index.ts';
import type { Paint } from '../terminal.ts';
import { withShortDigests } from '../view/difference-words.ts';
import type { CheckView, ProposalView } from '../view/proposal-view.ts';
import type { WordView } from '../view/word-view.ts';
import { brokenGlass } from './broken-glass.ts';
import { disbelief, doubted, forgedLine } from './disbelief.ts';
import { ago } from './duration.ts';
import { citedLines } from './evidence.ts';
import { nextStep } from './next-step.ts';
import { notExecutable, wordsByTrust } from './not-executable.ts';
import { principal } from './principal.ts';
import { signedWords } from './signed-words.ts';
import { AS_BEFORE, outcomeWords, STATUS_WORDS, VERDICT_WORDS } from './state-words.ts';
import { table } from './table.ts';
import { waitLines } from './waits.ts';
import { wordsNow } from './words-now.ts';

const MOST_ROWS = 40;

/** Writes a proposal as text. Outcome and verdict stand side by side and are never merged. */
export function renderShow(view: ProposalView, paint: Paint, nowMs: number): string {
  const sections = [
    disbelief(view, paint),
    heading(view, paint, nowMs),
    recovers(view, paint),
    outcome(view, paint),
    verdict(view, paint),
    resources(view, paint),
    checks(view, paint),
    citedLines(view.evidence, paint),
    approvals(view, paint, nowMs),
    words(view, paint, nowMs),
    claims(view, paint),
    next(view, paint, nowMs),
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
}

function whyText({ state }: ProposalView, why: string): string {
  return state === 'stale' ? withShortDigests(visibleLine(why)) : visibleLine(why);
}

function heading(view: ProposalView, paint: Paint, nowMs: number): readonly string[] {
  const words = doubted(wordsByTrust(wordsNow(view, nowMs), view.executable), view);
  const place = `${visibleLine(view.target)} (${view.environment ?? 'environment not known yet'})`;
  const because = view.why === null ? words.meaning : `${words.meaning}: ${whyText(view, view.why)}`;
  const drafted = view.events[0]?.atMs;
  return [
    `${paint('strong', view.id)}  ${view.driver} → ${place}  ${paint(words.tone, words.word)}`,
    `  ${because}`,
    ...notExecutable(view.executable, paint),
    ...waitLines(view.waitsFor, view.target, paint),
    `  “${visibleLine(view.intent)}”`,
    paint(
      'faint',
      `  proposed by ${principal(view.proposer)}${drafted === undefined ? '' : `, ${ago(drafted, nowMs)}`}`,
    ),
    ...(view.counts === null ? [] : [`  ${countsLine(view.counts, view.unpredictable, paint)}`]),
    ...brokenGlass(view.glass, paint),
  ];
}

function recovers(view: ProposalView, paint: Paint): readonly string[] {
  if (view.recovers === null) return [];
  const id = visibleLine(view.recovers);
  return [`${paint('strong', 'RECOVERS')}  ${id}  ${paint('faint', `countersign show ${id}`)}`];
}

/** Writes the counts of a preview, destroys first. */
export function countsLine(counts: PreviewCounts, unpredictable: number, paint: Paint): string {
  const parts = [
    paint(counts.destroys > 0 ? 'bad' : 'plain', `destroys ${counts.destroys}`),
    ...(counts.replaces > 0 ? [paint('bad', `of which replaced ${counts.replaces}`)] : []),
    `creates ${counts.creates}`,
    `updates ${counts.updates}`,
    ...(counts.runs > 0 ? [paint('warning', `runs ${counts.runs}`)] : []),
    ...(counts.others > 0 ? [`other ${counts.others}`] : []),
    ...(unpredictable > 0 ? [paint('warning', `can't be predicted: ${unpredictable}`)] : []),
  ];
  return parts.join(' · ');
}

function outcome(view: ProposalView, paint: Paint): readonly string[] {
  if (view.outcome === null) {
    const said = view.events.findLast((event) => event.type === 'executed');
    return said === undefined ? [] : [forgedLine('OUTCOME', { seq: said.seq, word: said.outcome.kind }, paint)];
  }
  const words = outcomeWords(view.outcome, view.driver);
  const level = view.level?.split(':')[0];
  return [
    `${paint('strong', 'OUTCOME')}  ${paint(words.tone, words.word)}  ${words.meaning} ${paint('faint', '(what the runner observed)')}${level === undefined ? '' : paint('faint', `, ${level}`)}`,
    ...view.outcomeBecause.map((because) => `  ${visibleLine(because)}`),
  ];
}

function verdict(view: ProposalView, paint: Paint): readonly string[] {
  if (view.verdict === null) return noVerdict(view, paint);
  const words = VERDICT_WORDS[view.verdict];
  const last = view.verdicts.at(-1);
  const earlier = view.verdicts.slice(0, -1).map((one) => one.kind);
  return [
    `${paint('strong', 'VERDICT')}  ${paint(words.tone, words.word)}  ${words.meaning} ${paint('faint', '(what the verifier found)')}`,
    ...(last?.findings ?? []).map(
      (finding) => `  ${visibleLine(finding.id)} ${finding.role}: ${visibleLine(finding.why)}`,
    ),
    ...(last?.findings.length === 0 ? ['  no check was declared, so nothing could be confirmed'] : []),
    ...(view.verdict === 'refuted' && last?.isAsBefore === true ? [`  ${AS_BEFORE}`] : []),
    ...(earlier.length === 0 ? [] : [paint('warning', `  earlier verdicts: ${earlier.join(', ')}`)]),
  ];
}

function noVerdict(view: ProposalView, paint: Paint): readonly string[] {
  const said = view.events.findLast((event) => event.type === 'verified');
  if (said === undefined) {
    const none = `${paint('strong', 'VERDICT')}  none yet: nobody has looked at the world since`;
    return view.outcome === null ? [] : [none];
  }
  const earlier = view.verdicts.map((one) => one.kind);
  return [
    forgedLine('VERDICT', { seq: said.seq, word: said.verdict.kind }, paint),
    ...(earlier.length === 0 ? [] : [paint('warning', `  verdicts that hold: ${earlier.join(', ')}`)]),
  ];
}

function resources(view: ProposalView, paint: Paint): readonly string[] {
  if (view.resources.length === 0) return [];
  const rows = view.resources.slice(0, MOST_ROWS).map((resource) => {
    const words = STATUS_WORDS[resource.status];
    return [
      paint(words.tone, words.word),
      resource.action,
      visibleLine(resource.address),
      paint(
        'faint',
        [resource.id, resource.detail]
          .filter((text) => text !== undefined)
          .map(visibleLine)
          .join('  '),
      ),
    ];
  });
  const left = view.resources.length - rows.length;
  return [
    paint('strong', 'RESOURCES'),
    ...table(rows, '  '),
    ...(left > 0 ? [paint('faint', `  and ${left} more: countersign show ${view.id} --json`)] : []),
  ];
}

function checks(view: ProposalView, paint: Paint): readonly string[] {
  if (view.state === 'drafted' || view.bundleDigest === null) return [];
  if (view.checks.length === 0) {
    return [
      paint('strong', 'CHECKS'),
      paint('warning', '  none: the verdict can only be inconclusive, and the target will be held'),
    ];
  }
  const rows = view.checks.map((check) => [
    answers(check, paint),
    visibleLine(check.id),
    visibleLine(check.claim),
    paint('faint', `${check.origin}; ${visibleLine(check.detail)}`),
  ]);
  return [`${paint('strong', 'CHECKS')}  ${paint('faint', 'at the proposal → before → after')}`, ...table(rows, '  ')];
}

function answers(check: CheckView, paint: Paint): string {
  const show = (answer: CheckView['after']): string =>
    answer === null
      ? paint('faint', '–')
      : paint(answer === 'green' ? 'good' : answer === 'red' ? 'bad' : 'warning', answer);
  return `${show(check.proposed)} → ${show(check.before)} → ${show(check.after)}`;
}

function approvals(view: ProposalView, paint: Paint, nowMs: number): readonly string[] {
  if (view.requirement === null) return [];
  const { requirement } = view;
  const needed =
    requirement.grant === undefined
      ? `${view.approvals.length} given, ${requirement.approvals} needed from ${requirement.eligible.join(', ') || 'nobody'}`
      : `standing grant ${visibleLine(requirement.grant)}`;
  const rows = view.approvals.map((approval) => [
    paint(approval.decision === 'break-glass' ? 'bad' : 'good', approval.decision),
    visibleLine(approval.approver),
    approval.fingerprint,
    paint(
      'faint',
      `${approval.strength} key, runs out ${ago(approval.expiresAtMs, nowMs)} ${visibleLine(approval.reason)}`,
    ),
  ]);
  const rules = requirement.because.map((rule) =>
    paint('faint', `  ${visibleLine(rule.demand)} (${visibleLine(rule.rule)}, ${visibleLine(rule.where)})`),
  );
  return [`${paint('strong', 'APPROVALS')}  ${needed}`, ...table(rows, '  '), ...rules];
}

function words(view: ProposalView, paint: Paint, nowMs: number): readonly string[] {
  const said = (verb: string, word: WordView): string => {
    const through = word.through === null ? '' : `, through ${visibleLine(word.through)}`;
    const tone = word.fingerprint === null ? 'warning' : 'plain';
    return paint(
      tone,
      `  ${verb} ${signedWords(word)}${through}, ${ago(word.atMs, nowMs)}: “${visibleLine(word.note)}”`,
    );
  };
  const lines = [
    ...view.reconciled.map((word) => said('reconciled', word)),
    ...view.reviewed.map((word) => said('reviewed', word)),
  ];
  return lines.length === 0 ? [] : [`${paint('strong', 'ANSWERED FOR')}  ${paint('faint', 'by people')}`, ...lines];
}

function claims(view: ProposalView, paint: Paint): readonly string[] {
  if (view.claims.length === 0) return [];
  return [
    `${paint('strong', 'CLAIMED')}  ${paint('faint', 'words, not observations')}`,
    ...view.claims.map((claim) => `  ${principal(claim.by)}: “${visibleLine(claim.text)}”`),
  ];
}

function next(view: ProposalView, paint: Paint, nowMs: number): readonly string[] {
  const step = nextStep(view, nowMs);
  return step === undefined ? [] : [`${paint('strong', 'NEXT')}  ${step}`];
}
