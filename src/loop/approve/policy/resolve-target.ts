/** Finds out what a change is really for. The proposer names a target; the facts decide whether it is that one (L15). */

import type { DriverName, Fact, Refusal, RunnerIdentity } from '../../../kernel/index.ts';
import { visibleLine } from '../../../kernel/index.ts';
import type { FactPattern, Trust, TrustedRunner, TrustedTarget } from '../trust/trust.ts';
import { environmentOf } from './environment-of.ts';
import { findMisfit } from './fact-pattern.ts';
import { mandatedChecks, type PolicySource } from './policy-source.ts';
import type { ResolvedTarget, TargetQuestion } from './target-policy.ts';

/** Resolves a target: environment, mandated checks, runner and readers; or refuses a change that is not this target's. */
export function resolveTarget(source: PolicySource, question: TargetQuestion): ResolvedTarget | Refusal {
  const { trust } = source;
  const refusal = refuseBinding(trust, question);
  if (refusal !== undefined) return refusal;
  const runner = runnerFor(trust, question);
  if ('kind' in runner) return runner;
  const { environment, notes } = environmentFor(source, question);
  return {
    kind: 'resolved',
    environment,
    mandatedChecks: mandatedChecks(source, question.target),
    runner: identityOf(runner),
    runnerRecipient: runner.recipient,
    verifierRecipients: trust.verifiers.map((verifier) => verifier.recipient),
    notes: [...bindingNotes(trust, question), ...notes],
  };
}

/** Works out the environment of a change from its facts and from the labels of target and repository. */
export function environmentFor(
  source: PolicySource,
  question: Pick<TargetQuestion, 'target' | 'facts'>,
): ReturnType<typeof environmentOf> {
  const target = source.trust.targets.get(question.target);
  const label = target?.environment;
  const labels = label === undefined || target === undefined ? [] : [{ environment: label, where: target.where }];
  const all = source.repositoryLabel === undefined ? labels : [...labels, source.repositoryLabel];
  return environmentOf(source.trust.environments, all, question.facts);
}

/** Refuses a change whose facts are not those of its target, or are those of another. */
export function refuseBinding(
  trust: Trust,
  question: Pick<TargetQuestion, 'target' | 'driver' | 'facts'>,
): Refusal | undefined {
  const target = trust.targets.get(question.target);
  if (target !== undefined && !target.drivers.includes(question.driver)) {
    return refuse(
      question,
      target.where,
      `it is changed with ${target.drivers.join(' or ')}, not with ${question.driver}`,
      'propose the change with that tool, or let an approver allow this one in the trust file',
    );
  }
  const bind = bindOf(target, question.driver);
  const misfit = findMisfit(bind, question.facts);
  if (misfit !== undefined) {
    const found = misfit.found === undefined ? 'not known' : `"${visibleLine(misfit.found)}"`;
    return refuse(
      question,
      misfit.pattern.where,
      `${misfit.pattern.fact} must fit "${visibleLine(misfit.pattern.pattern)}" and is ${found}`,
      'this change is for another place: name the target that it is really for, or correct the configuration',
    );
  }
  return bind.length > 0 ? undefined : refuseTaken(trust, question);
}

// A target that nothing binds must not be a way round one that is bound: its checks and its lock would be left out.
function refuseTaken(trust: Trust, question: Pick<TargetQuestion, 'target' | 'driver' | 'facts'>): Refusal | undefined {
  const owner = [...trust.targets.values()].find((other) => {
    const bind = bindOf(other, question.driver);
    return other.name !== question.target && bind.length > 0 && findMisfit(bind, question.facts) === undefined;
  });
  if (owner === undefined) return undefined;
  return refuse(
    question,
    owner.where,
    `its facts are those of the target ${owner.name}`,
    `propose it for the target ${owner.name}`,
  );
}

/** The bindings that a driver can answer for: those of other drivers' facts are left out. */
function bindOf(target: TrustedTarget | undefined, driver: DriverName): readonly FactPattern[] {
  const others = (['argv', 'terraform', 'sqlite'] as const).filter((name) => name !== driver);
  const isOthers = (fact: string): boolean =>
    others.some((name) => fact.startsWith(`${name}.`) && target?.drivers.includes(name) === true);
  return (target?.bind ?? []).filter((pattern) => !isOthers(pattern.fact));
}

function bindingNotes(trust: Trust, question: TargetQuestion): readonly string[] {
  const target = trust.targets.get(question.target);
  if (target === undefined) {
    return [`the trust file does not declare the target ${visibleLine(question.target)}: nothing binds it to a place`];
  }
  if (bindOf(target, question.driver).length > 0) return [];
  return [`nothing at ${target.where} binds the target ${target.name} to a place for ${question.driver}`];
}

function runnerFor(trust: Trust, question: TargetQuestion): TrustedRunner | Refusal {
  const target = trust.targets.get(question.target);
  const [only, ...others] = trust.runners;
  const wanted = trust.runners.find((runner) => runner.name === target?.runner);
  if (wanted !== undefined) return wanted;
  if (only !== undefined && others.length === 0) return only;
  return refuse(
    question,
    target?.where ?? `${trust.file}:1:1`,
    `the trust file has ${trust.runners.length} runners and does not say which one runs this target`,
    `add \`runner\` to the target ${visibleLine(question.target)} in the trust file`,
  );
}

function identityOf({ name, key, account }: TrustedRunner): RunnerIdentity {
  return { name, key, account };
}

function refuse(
  question: { readonly target: string; readonly facts: readonly Fact[] },
  where: string,
  why: string,
  next: string,
): Refusal {
  return { kind: 'refused', code: 'POLICY', what: `the target ${visibleLine(question.target)}`, where, why, next };
}
