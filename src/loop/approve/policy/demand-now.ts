/** What the present rules demand of a change that was sealed earlier: its place and its environment are worked out anew. */

import type { PresentDemand, Refusal, RuleRef } from '../../../kernel/index.ts';
import { admit } from './admit.ts';
import type { PolicySource } from './policy-source.ts';
import { resolveTarget } from './resolve-target.ts';
import type { AdmissionQuestion, TargetQuestion } from './target-policy.ts';

/** Resolves the target by its facts and admits the change, as when it was opened; or refuses it as the rules do now. */
export function demandNow(
  source: PolicySource,
  question: TargetQuestion & Omit<AdmissionQuestion, 'environment'>,
): PresentDemand | Refusal {
  const resolved = resolveTarget(source, question);
  if (resolved.kind === 'refused') return resolved;
  const { environment } = resolved;
  const answer = admit(source, { ...question, environment });
  if (answer.kind === 'admitted') return { kind: 'demand', environment, requirement: answer.requirement };
  return refuseByRules(answer.because);
}

function refuseByRules(because: readonly RuleRef[]): Refusal {
  return {
    kind: 'refused',
    code: 'POLICY',
    what: 'this execution',
    where: because.map((rule) => rule.where).join(', '),
    why: because.map((rule) => `${rule.demand} (${rule.rule})`).join('; '),
    next: 'correct the change, or let an approver change the rule in the trust file',
  };
}
