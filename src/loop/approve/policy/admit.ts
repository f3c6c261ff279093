/** Decides what a sealed change needs before it may run. Every answer names the rules that it rests on. */

import {
  type CheckSpec,
  canonicalJson,
  type Requirement,
  type RuleRef,
  type SignatureDemand,
  visibleLine,
} from '../../../kernel/index.ts';
import type { FullDemand, PolicyRule } from '../trust/trust.ts';
import type { ConditionAnswer, ConditionFacts } from './condition.ts';
import { conditionFacts } from './condition-facts.ts';
import { findGrant } from './find-grant.ts';
import { policyDigestOf } from './policy-digest.ts';
import { mandatedChecks, type PolicySource } from './policy-source.ts';
import { environmentFor, refuseBinding } from './resolve-target.ts';
import { demandSentence, tighten } from './strictest.ts';
import type { AdmissionAnswer, AdmissionQuestion } from './target-policy.ts';

/** Admits a change with the strictest of all demands that apply, or refuses it with every rule that does. */
export function admit(source: PolicySource, question: AdmissionQuestion): AdmissionAnswer {
  const facts = conditionFacts(source, question);
  const applying = applyingRules(source.rules, facts);
  const demand = strictestOf(source, applying);
  const refusing = [
    ...refuseDisguise(source, question),
    ...applying.filter(({ rule }) => rule.effect.kind === 'refuse').map(refOf),
    ...refuseUnchecked(source, question, demand),
    ...refuseNobody(source, question, demand),
  ];
  if (refusing.length > 0) return { kind: 'refused', because: refusing };
  const because = [defaultsRef(source), ...applying.map(refOf), ...noteUnchecked(source, question)];
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

function strictestOf(source: PolicySource, applying: readonly Applying[]): FullDemand {
  return applying.reduce(
    (base, { rule }) => (rule.effect.kind === 'demand' ? tighten(base, rule.effect.demand) : base),
    source.trust.defaults,
  );
}

function signingRule(source: PolicySource, applying: readonly Applying[]): RuleRef | undefined {
  if (source.trust.defaults.signedReconcile) return defaultsRef(source);
  const found = applying.find(
    ({ rule: { effect } }) => effect.kind === 'demand' && effect.demand.signedReconcile === true,
  );
  return found === undefined ? undefined : refOf(found);
}

function defaultsRef({ trust }: PolicySource): RuleRef {
  return ref('defaults', trust.defaultsWhere, demandSentence(trust.defaults));
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

type Applying = { readonly rule: PolicyRule; readonly answer: ConditionAnswer };

// A condition that can't be answered counts as met: a demand is made, a refusal stands.
function applyingRules(rules: readonly PolicyRule[], facts: ConditionFacts): readonly Applying[] {
  return rules
    .map((rule): Applying => ({ rule, answer: rule.when?.answer(facts) ?? { kind: 'yes' } }))
    .filter(({ answer }) => answer.kind !== 'no');
}

function refOf({ rule, answer }: Applying): RuleRef {
  const said = rule.effect.kind === 'demand' ? demandSentence(rule.effect.demand) : rule.effect.sentence;
  const doubt =
    answer.kind === 'unknown' ? ` (its condition could not be answered, so it counts as met: ${answer.why})` : '';
  return { rule: rule.name, where: rule.where, demand: `${said}${doubt}` };
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

function refuseUnchecked(source: PolicySource, question: AdmissionQuestion, demand: FullDemand): readonly RuleRef[] {
  if (!demand.needsPostconditions || question.checks.length > 0) return [];
  return [
    ref(
      'postconditions',
      source.trust.defaultsWhere,
      'a change that nothing can confirm is not allowed here: declare a check that is red now and green afterwards',
    ),
  ];
}

function noteUnchecked(source: PolicySource, question: AdmissionQuestion): readonly RuleRef[] {
  if (question.checks.length > 0) return [];
  const demand = 'nothing can confirm it: the verdict can only be inconclusive and the target will be held';
  return [ref('no check', source.trust.defaultsWhere, demand)];
}

function refuseNobody(source: PolicySource, question: AdmissionQuestion, demand: FullDemand): readonly RuleRef[] {
  if (demand.breakGlass.length > 0) return [];
  const { proposer } = question;
  const behind = proposer.kind === 'person' ? proposer.name : proposer.person;
  const others = demand.from.filter((name) => {
    const accounts = source.trust.approvers.find((approver) => approver.name === name)?.accounts ?? [];
    return !demand.fourEyes || (name !== behind && accounts.length > 0 && !accounts.includes(behind));
  });
  if (others.length >= demand.approvals) return [];
  const eyes = demand.fourEyes ? ` who are known not to be ${visibleLine(behind)}` : '';
  const sentence = `${demand.approvals} must approve, and there are ${others.length}${eyes}: ${others.join(', ') || 'nobody'}`;
  return [ref('quorum', source.trust.defaultsWhere, sentence)];
}

function ref(rule: string, where: string, demand: string): RuleRef {
  return { rule, where, demand };
}
