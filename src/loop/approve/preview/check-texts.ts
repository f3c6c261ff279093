/** One check as people read it before they sign: what it claims, what it asks, which bytes it runs, and what it answers now. */

import { type CheckProgram, type CheckSpec, type ProposalState, visibleLine } from '../../../kernel/index.ts';
import { CHECK_QUESTIONS, questionWords } from '../../../tools/index.ts';

type Looked = Pick<Extract<ProposalState, { readonly bundleDigest: string }>, 'lookedAt'>;

const SHORT_DIGEST = 12;
const NOW: Readonly<Record<'red' | 'green' | 'unknown' | 'none', string>> = {
  red: 'red now, so it can confirm',
  green: 'green now already, so it can only refute',
  unknown: 'no readable answer now',
  none: 'nobody has looked yet',
};

/**
 * Writes a check as one line, and as many more as there are things that its claim does not say.
 *
 * @param programs  the sealed files of all checks
 */
export function checkTexts(state: Looked, check: CheckSpec, programs: readonly CheckProgram[]): readonly string[] {
  const look = state.lookedAt.find((observation) => observation.id === check.id);
  const why = look?.answer === 'unknown' ? `: ${visibleLine(look.detail)}` : '';
  return [
    `${check.id} (${check.kind}, ${check.origin}): ${check.claim}; ${NOW[look?.answer ?? 'none']}${why}`,
    ...asks(check),
    ...runs(check, programs),
  ];
}

/** A claim is the proposer's word for it; where it is not the question itself, the question stands below it. */
function asks({ kind, question, claim }: CheckSpec): readonly string[] {
  const words = questionWords(kind, question);
  if (kind === 'terraform-plan' || visibleLine(words) === claim) return [];
  return [`  asks: ${words.replaceAll(/\b[0-9a-f]{64}\b/g, short)}`];
}

function runs({ id, kind, question }: CheckSpec, programs: readonly CheckProgram[]): readonly string[] {
  if (kind !== 'command') return [];
  const own = programs.filter(({ check }) => check === id);
  const sealed = own.map(({ path, sha256 }) => `${path} (${short(sha256)})`).join(', ');
  const reads = CHECK_QUESTIONS.command.safeParse(question).data?.reads ?? [];
  return [
    own.length === 0 ? '  RUNS WHAT IS NOT SEALED: the verifier will not put it' : `  runs, sealed: ${sealed}`,
    ...(reads.length === 0 ? [] : [`  reads, not sealed, may change: ${reads.join(', ')}`]),
  ];
}

function short(digest: string): string {
  return `${digest.slice(0, SHORT_DIGEST)}…`;
}
