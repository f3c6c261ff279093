/** Refuses at once what no one can meet: a demand for a check where there is none, and for people that there are not. */

import { type RuleRef, visibleLine } from '../../../kernel/index.ts';
import type { Demand, FullDemand } from '../trust/trust.ts';
import { type Applying, defaultsRef, refOf, strictestOf } from './applying-rules.ts';
import type { PolicySource } from './policy-source.ts';
import { tighten } from './strictest.ts';
import type { AdmissionQuestion } from './target-policy.ts';

/** What is asked of a change, and the rules that ask it. */
type Asked = {
  readonly source: PolicySource;
  readonly question: AdmissionQuestion;
  readonly applying: readonly Applying[];
};

/**
 * Finds what the combined demand asks for and nobody can give.
 *
 * @returns empty when it can be met; else the rules that ask for it: first the one that asks for too much by itself, with the reason
 */
export function refuseUnmet(
  source: PolicySource,
  question: AdmissionQuestion,
  applying: readonly Applying[],
): readonly RuleRef[] {
  const asked = { source, question, applying };
  return [...refuseUnchecked(asked), ...refuseNobody(asked)];
}

function refuseUnchecked(asked: Asked): readonly RuleRef[] {
  const why = (demand: FullDemand): string | undefined =>
    demand.needsPostconditions && asked.question.checks.length === 0
      ? 'a change that nothing can confirm is not allowed here: declare a check that is red now and green afterwards'
      : undefined;
  return askers(asked, why, {
    isSetByRule: (demand) => demand.needsPostconditions === true,
    isSetByDefaults: asked.source.trust.defaults.needsPostconditions,
  });
}

function refuseNobody(asked: Asked): readonly RuleRef[] {
  const { source, question, applying } = asked;
  const { defaults, approvers } = source.trust;
  const { approvals } = strictestOf(source, applying);
  return askers(asked, (demand) => whyNobody(source, question, demand), {
    isSetByRule: (demand) =>
      (demand.approvals === approvals && approvals > defaults.approvals) ||
      (demand.fourEyes === true && !defaults.fourEyes) ||
      leavesOut(demand.from, defaults.from) ||
      leavesOut(demand.breakGlass, defaults.breakGlass),
    isSetByDefaults: approvals === defaults.approvals || defaults.fourEyes || defaults.from.length < approvers.length,
  });
}

function leavesOut(few: readonly string[] | undefined, all: readonly string[]): boolean {
  return few !== undefined && all.some((name) => !few.includes(name));
}

type Setters = { readonly isSetByRule: (demand: Demand) => boolean; readonly isSetByDefaults: boolean };
type Asker = { readonly isTooMuchAlone: boolean; readonly name: (said?: string) => RuleRef };

// Somebody reads the first line of a refusal and opens the file there: it has to be a rule that asks for this.
function askers(
  { source, applying }: Asked,
  why: (demand: FullDemand) => string | undefined,
  { isSetByRule, isSetByDefaults }: Setters,
): readonly RuleRef[] {
  const sentence = why(strictestOf(source, applying));
  if (sentence === undefined) return [];
  const { defaults } = source.trust;
  const isTooMuchByDefault = why(defaults) !== undefined;
  const rules = applying.flatMap((one): readonly Asker[] => {
    const { effect } = one.rule;
    if (effect.kind !== 'demand' || !isSetByRule(effect.demand)) return [];
    const isTooMuchAlone = !isTooMuchByDefault && why(tighten(defaults, effect.demand)) !== undefined;
    return [{ isTooMuchAlone, name: (said) => refOf(one, said) }];
  });
  const byDefault: readonly Asker[] = isSetByDefaults
    ? [{ isTooMuchAlone: isTooMuchByDefault, name: (said) => defaultsRef(source, said) }]
    : [];
  const all = [...rules, ...byDefault];
  const ordered = [...all.filter((one) => one.isTooMuchAlone), ...all.filter((one) => !one.isTooMuchAlone)];
  return ordered.map(({ name }, place) => name(place === 0 ? sentence : undefined));
}

function whyNobody(source: PolicySource, question: AdmissionQuestion, demand: FullDemand): string | undefined {
  if (demand.breakGlass.length > 0) return undefined;
  const { proposer } = question;
  const behind = proposer.kind === 'person' ? proposer.name : proposer.person;
  const others = demand.from.filter((name) => {
    const accounts = source.trust.approvers.find((approver) => approver.name === name)?.accounts ?? [];
    return !demand.fourEyes || (name !== behind && accounts.length > 0 && !accounts.includes(behind));
  });
  if (others.length >= demand.approvals) return undefined;
  const eyes = demand.fourEyes ? ` who are known not to be ${visibleLine(behind)}` : '';
  return `${demand.approvals} must approve, and there are ${others.length}${eyes}: ${others.join(', ') || 'nobody'}`;
}
