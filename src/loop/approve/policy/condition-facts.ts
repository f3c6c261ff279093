/**
 * What conditions can ask about. Names here are the vocabulary of the trust file's `when`.
 *
 * All of it is known from the sealed change: whoever asks later, the runner above all, must get the same answer.
 */

import type { Preview } from '../../../kernel/index.ts';
import type { ConditionFacts } from './condition.ts';
import { mandatedChecks, type PolicySource } from './policy-source.ts';
import type { AdmissionQuestion } from './target-policy.ts';

/** Gathers what conditions can ask about. */
export function conditionFacts(source: PolicySource, question: AdmissionQuestion): ConditionFacts {
  const { preview, proposer, target, environment, driver } = question;
  const resources = preview.resources.map(({ address, action }) => ({ address, action }));
  return {
    preview: {
      destroys: BigInt(preview.counts.destroys),
      replaces: BigInt(preview.counts.replaces),
      creates: BigInt(preview.counts.creates),
      updates: BigInt(preview.counts.updates),
      runs: BigInt(preview.counts.runs),
      others: BigInt(preview.counts.others),
      unpredictable: BigInt(preview.unpredictable.length),
      resources,
      addresses: resources.map((resource) => resource.address),
      actions: resources.map((resource) => resource.action),
    },
    target: { name: target, environment, driver },
    proposer:
      proposer.kind === 'person'
        ? { kind: 'person', person: proposer.name, model: '' }
        : { kind: 'agent', person: proposer.person, model: proposer.model ?? '' },
    checks: {
      count: BigInt(question.checks.length),
      mandated: BigInt(mandatedChecks(source, question.target).length),
    },
    argv: question.argv,
    plan: planFacts(preview),
  };
}

// The options are sealed with the preview, which a runner computes anew from the bundle. Other tools plan nothing: all is false.
function planFacts({ driver, options = [] }: Preview): ConditionFacts['plan'] {
  const has = (name: string): boolean => options.some((option) => option === name || option.startsWith(`${name}=`));
  return {
    options,
    targeted: has('-target'),
    replacing: has('-replace'),
    refreshed: driver === 'terraform' && !options.includes('-refresh=false'),
    refreshOnly: has('-refresh-only'),
    destroying: has('-destroy'),
  };
}
