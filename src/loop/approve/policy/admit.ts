/** Decides what a sealed change needs before it may run. Every answer names the rules that it rests on. */

import {
  type CheckSpec,
  canonicalJson,
  type Requirement,
  type RuleRef,
  type SignatureDemand,
} from '../../../kernel/index.ts';
import type { FullDemand } from '../trust/trust.ts';
import { type Applying, applyingRules, defaultsRef, refOf, strictestOf } from './applying-rules.ts';
import type { ConditionFacts } from './condition.ts';
import { conditionFacts } from './condition-facts.ts';
import { findGrant } from './find-grant.ts';
import { policyDigestOf } from './policy-digest.ts';
import { mandatedChecks, type PolicySource } from './policy-source.ts';
import { refuseUnmet } from './refuse-unmet.ts';
import { environmentFor, refuseBinding } from './resolve-target.ts';
import type { AdmissionAnswer, AdmissionQuestion } from './target-policy.ts';

/** Admits a change with the strictest of all demands that apply, or refuses it with every rule that does. */
export function admit(source: PolicySource, question: AdmissionQuestion): AdmissionAnswer {
  const facts = conditionFacts(source, question);
  const applying = applyingRules(source.rules, facts);
  const demand = strictestOf(source, applying);
  const refusing = [
    ...refuseDisguise(source, question),
    ...applying.filter(({ rule }) => rule.effect.kind === 'refuse').map((one) => refOf(one)),
    ...refuseUnmet(source, question, applying),
  ];
  if (refusing.length > 0) return { kind: 'refused', because: refusing };
  const because = [defaultsRef(source), ...applying.map((one) => refOf(one)), ...noteUnchecked(source, question)];
  const signedReconcile = signingRule(source, applying);
  return {
    kind: 'admitted',
    requirement: requirementOf(source, question, { demand, because, facts, signedReconcile }),
  };
}

/** Says whether words on this change must be signed now that release its target or review its glass; refusals count for nothing here. */
export function signatureDemand(source: PolicySource, question: AdmissionQuestion): SignatureDemand | undefined {
  const { environment } = environmentFor(source, question);
  const applying = applyingRules(source.rules, conditionFacts(source, { ...question, environment }));
  const rule = signingRule(source, applying);
  return rule === undefined ? undefined : { rule, plainKeys: strictestOf(source, applying).plainKeys };
}

function signingRule(source: PolicySource, applying: readonly Applying[]): RuleRef | undefined {
  if (source.trust.defaults.signedReconcile) return defaultsRef(source);
  const found = applying.find(
    ({ rule: { effect } }) => effect.kind === 'demand' && effect.demand.signedReconcile === true,
  );
  return found === undefined ? undefined : refOf(found);
}

type Weighed = {
  readonly demand: FullDemand;
  readonly because: readonly RuleRef[];
  readonly facts: ConditionFacts;
  readonly signedReconcile: RuleRef | undefined;
};

function requirementOf(source: PolicySource, question: AdmissionQuestion, weighed: Weighed): Requirement {
  const { demand, because, signedReconcile } = weighed;
  const { grant, notes } = findGrant(source, question, weighed);
  return {
    approvals: grant === undefined ? demand.approvals : 0,
    eligible: demand.from,
    fourEyes: demand.fourEyes,
    plainKeys: demand.plainKeys,
    ...(signedReconcile === undefined ? {} : { signedReconcile }),
    openForMs: demand.openForMs,
    approvalForMs: demand.approvalForMs,
    breakGlass: demand.breakGlass,
    grant: grant?.name,
    because: [...because, ...notes],
    policyDigest: policyDigestOf(source, question.target),
  };
}

// The sealed environment and the mandated checks came through other hands; they are worked out again and compared.
function refuseDisguise(source: PolicySource, question: AdmissionQuestion): readonly RuleRef[] {
  const where = source.trust.targets.get(question.target)?.where ?? source.trust.file;
  const binding = refuseBinding(source.trust, question);
  const { environment } = environmentFor(source, question);
  const mandated = mandatedChecks(source, question.target);
  const missing = mandated.filter((wanted) => !question.checks.some((check) => isSameCheck(check, wanted)));
  const posing = question.checks.filter(
    (check) => check.origin === 'mandated' && !mandated.some((wanted) => isSameCheck(check, wanted)),
  );
  return [
    ...(binding === undefined ? [] : [ref('binding', binding.where, `${binding.why}; ${binding.next}`)]),
    ...(environment === question.environment
      ? []
      : [ref('environment', where, `it was sealed for ${question.environment}, and its facts say ${environment}`)]),
    ...missing.map((check) => ref('mandated check', where, `the check ${check.id} is missing or was changed`)),
    ...posing.map((check) =>
      ref('mandated check', where, `the check ${check.id} calls itself mandated, and no rule mandates it`),
    ),
  ];
}

function isSameCheck(left: CheckSpec, right: CheckSpec): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

function noteUnchecked(source: PolicySource, question: AdmissionQuestion): readonly RuleRef[] {
  if (question.checks.length > 0) return [];
  const demand = 'nothing can confirm it: the verdict can only be inconclusive and the target will be held';
  return [ref('no check', source.trust.defaultsWhere, demand)];
}

function ref(rule: string, where: string, demand: string): RuleRef {
  return { rule, where, demand };
}
