/** What follows when a verifier has looked: the verdict, and what it settles. */

import type { EventBody } from './event.ts';
import { inState } from './in-state.ts';
import { canonicalJson } from './json.ts';
import { settle } from './settlement.ts';
import { type CommandOf, type Decided, decided, refuse, refuseExecutor, type Situation } from './situation.ts';
import { judge } from './verdict.ts';

/** Takes a verdict that its own observations amount to, from anybody but the runner. */
export function decideVerify(situation: Situation, command: CommandOf<'verify'>): Decided {
  const state = inState(situation.state, command.kind, 'executed', 'held', 'closed');
  const { verified } = command;
  const refusal = refuseExecutor(situation, 'verify', state.runner);
  if (refusal !== undefined) return refusal;
  const verdict = judge(state.checks, state.baseline, verified.observations, state.outcome.kind);
  if (canonicalJson(verdict) !== canonicalJson(verified.verdict)) {
    return refuse(situation, 'WRONG_DOCUMENT', {
      what: 'this verdict',
      why: `the observations amount to "${verdict.kind}", the signature covers "${verified.verdict.kind}"`,
      next: 'verify again',
    });
  }
  const event: EventBody = { type: 'verified', ...verified };
  if (state.kind !== 'executed') return decided(event);
  const settlement = settle(state.outcome.kind, verdict);
  if (settlement !== 'held') return decided(event, { type: 'closed', mark: settlement });
  return decided(event, {
    type: 'held',
    why: `the outcome is ${state.outcome.kind} and the verdict is ${verdict.kind}`,
  });
}
