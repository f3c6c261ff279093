/** What conditions can ask about, taken from a sealed change. Names here are the vocabulary of the trust file's `when`. */

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
    checks: checkCounts(source, question),
    argv: question.argv,
  };
}

function checkCounts(source: PolicySource, question: AdmissionQuestion): ConditionFacts['checks'] {
  const answers = question.checks.map(
    (check) => question.lookedAt?.find((observation) => observation.id === check.id)?.answer ?? 'unknown',
  );
  return {
    count: BigInt(question.checks.length),
    red: BigInt(answers.filter((answer) => answer === 'red').length),
    unknown: BigInt(answers.filter((answer) => answer === 'unknown').length),
    mandated: BigInt(mandatedChecks(source, question.target).length),
  };
}
