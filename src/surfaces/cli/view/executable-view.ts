/** Whether a proposal may be executed by the trust file that is accepted now, as programs and people see it. */

import type { Reading, Standing } from '../../../compose.ts';
import { type ProposalState, type RuleDifference, type RuleRef, visibleLine } from '../../../kernel/index.ts';
import { waitingOf, whatRanOut } from './what-ran-out.ts';

/** The answer. `yes` means that signatures, quorum and policy hold now; facts, locks and the runner are looked at when it starts. */
export type ExecutableView = {
  readonly answer: 'yes' | 'no' | 'unknown';
  /** What stands against it, in a sentence; `null` for `yes`. */
  readonly why: string | null;
  /** `file:line:column` of each rule that bears on it, where rules do. */
  readonly where: readonly string[];
  /** What to do; `null` for `yes`. */
  readonly next: string | null;
};

/**
 * Asks about a proposal that is approved, and about an open one that no approval can help any more.
 *
 * @returns `null` in every other state, and while only its time or people are missing: `ranOut` and `approvals` say that
 */
export async function executableView(
  reading: Pick<Reading, 'standing'>,
  state: ProposalState,
  nowMs: number,
): Promise<ExecutableView | null> {
  if (state.kind !== 'open' && state.kind !== 'approved') return null;
  if (whatRanOut(waitingOf(state), nowMs) !== null) return null;
  const standing = await reading.standing(state);
  return state.kind === 'open' && !isBeyondApproval(standing) ? null : viewOf(standing, state.proposal);
}

function isBeyondApproval(standing: Standing): boolean {
  if (standing.kind === 'refused') return true;
  return standing.kind === 'unmet' && ['other-environment', 'other-policy'].includes(standing.answer.kind);
}

function viewOf(standing: Standing, proposal: string): ExecutableView {
  const again = `countersign withdraw ${proposal}, then propose it again`;
  switch (standing.kind) {
    case 'allowed':
      return { answer: 'yes', why: null, where: [], next: null };
    case 'refused':
      return no(`${standing.refusal.what} is refused now: ${standing.refusal.why}`, [standing.refusal.where], again);
    case 'unmet':
      return unmetView(standing.answer, proposal, again);
    case 'unknown':
      return { answer: 'unknown', why: standing.why, where: [], next: standing.next };
  }
}

function unmetView(
  answer: Extract<Standing, { kind: 'unmet' }>['answer'],
  proposal: string,
  again: string,
): ExecutableView {
  const approve = `countersign approve ${proposal} --ssh-key FILE; or ${again}`;
  switch (answer.kind) {
    case 'other-environment':
      return no(`it was sealed for ${answer.sealed}, and its target is ${answer.now} now`, [], again);
    case 'other-policy': {
      const fallen = answer.fallen.map(({ why }) => `; an approval does not hold: ${why}`).join('');
      const why = `the policy of this target changed since it was admitted${changes(answer.rules)}${fallen}`;
      return no(
        why,
        [...answer.rules.added, ...answer.rules.removed].map(({ where }) => where),
        again,
      );
    }
    case 'fallen-approval':
      return no(`an approval does not count any more: ${answer.refusal.why}`, [], `ask another approver: ${approve}`);
    case 'too-few':
      return no(
        `${answer.have.length} of ${answer.need} approvals count now`,
        [],
        `ask for what is missing: ${approve}`,
      );
  }
}

function changes({ added, removed }: RuleDifference): string {
  const all = [...added.map((rule) => `now ${named(rule)}`), ...removed.map((rule) => `before ${named(rule)}`)];
  return all.length === 0 ? ' (people, groups, checks or facts that it names)' : ` (${all.join('; ')})`;
}

function named({ rule, demand, where }: RuleRef): string {
  return `${rule} at ${where}: ${demand}`;
}

function no(why: string, where: readonly string[], next: string): ExecutableView {
  return { answer: 'no', why: visibleLine(why), where: [...new Set(where.map(visibleLine))], next };
}
