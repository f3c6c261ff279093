/** Rules and demands, as both configuration files write them. */

import type { z } from 'zod';
import { type CheckSpec, visibleLine } from '../../../kernel/index.ts';
import { CHECK_QUESTIONS } from '../../../tools/index.ts';
import { type Condition, readCondition } from '../policy/condition.ts';
import { durationMs } from './duration.ts';
import { invalid, type LocatedYaml, type YamlPath } from './located-yaml.ts';
import { pathName } from './read-shape.ts';
import type { Demand, PolicyRule } from './trust.ts';
import type { CheckEntry, DemandEntry, RuleEntry } from './trust-document.ts';

/** Turns names of approvers and groups into approvers; throws Failure `CONFIG_INVALID` on an unknown one. */
export type ResolveNames = (names: readonly string[], path: YamlPath) => readonly string[];

const LONGEST_MS = durationMs('30d');
const CHECK_TIMEOUT = '30s';

/** Reads a list of rules. @throws Failure `CONFIG_INVALID` on doubled names and on conditions that are no yes-or-no questions */
export function readRules(
  yaml: LocatedYaml,
  entries: readonly RuleEntry[],
  path: YamlPath,
  resolve: ResolveNames,
): readonly PolicyRule[] {
  refuseDoubles(
    yaml,
    entries.map((entry) => entry.name),
    (index) => [...path, index, 'name'],
    'rule',
  );
  return entries.map((entry, index) => {
    const at = [...path, index];
    const effect: PolicyRule['effect'] =
      entry.demand === undefined
        ? { kind: 'refuse', sentence: entry.refuse ?? '' }
        : { kind: 'demand', demand: readDemand(yaml, entry.demand, [...at, 'demand'], resolve) };
    const when = readWhen(yaml, entry.when, [...at, 'when']);
    return { name: entry.name, where: yaml.where([...at, 'name']), when, effect };
  });
}

/** Reads one demand: durations become milliseconds, groups become people. */
export function readDemand(yaml: LocatedYaml, entry: DemandEntry, path: YamlPath, resolve: ResolveNames): Demand {
  const duration = (field: 'openFor' | 'approvalFor'): number | undefined => {
    const text = entry[field];
    if (text === undefined) return undefined;
    const lengthMs = durationMs(text);
    if (lengthMs <= LONGEST_MS) return lengthMs;
    const at = [...path, field];
    throw invalid(`${pathName(at)} must be at most 30d`, yaml.where(at), 'shorten it');
  };
  return {
    approvals: entry.approvals,
    from: entry.from === undefined ? undefined : resolve(entry.from, [...path, 'from']),
    fourEyes: entry.fourEyes,
    plainKeys: entry.plainKeys,
    signedReconcile: entry.signedReconcile,
    openForMs: duration('openFor'),
    approvalForMs: duration('approvalFor'),
    breakGlass: entry.breakGlass === undefined ? undefined : resolve(entry.breakGlass, [...path, 'breakGlass']),
    needsPostconditions: entry.postconditions === undefined ? undefined : entry.postconditions === 'required',
  };
}

/** Reads a condition where one stands. */
export function readWhen(yaml: LocatedYaml, text: string | undefined, path: YamlPath): Condition | undefined {
  if (text === undefined) return undefined;
  const reading = readCondition(text);
  if (reading.kind === 'condition') return reading.condition;
  throw invalid(
    `${pathName(path)} is not a condition: ${reading.why}`,
    yaml.whereWithin(path, reading.offset),
    'ask about preview, target, proposer, checks or argv, for instance `preview.destroys > 0`',
  );
}

/** Reads mandated checks. @throws Failure `CONFIG_INVALID` on a doubled id */
export function readChecks(yaml: LocatedYaml, entries: readonly CheckEntry[], path: YamlPath): readonly CheckSpec[] {
  refuseDoubles(
    yaml,
    entries.map((entry) => entry.id),
    (index) => [...path, index, 'id'],
    'check',
  );
  entries.forEach((entry, index) => {
    refuseQuestion(yaml, entry, [...path, index, 'question']);
  });
  return entries.map((entry) => ({
    id: entry.id,
    kind: entry.kind,
    claim: entry.claim,
    origin: 'mandated',
    question: entry.question,
    timeoutMs: durationMs(entry.timeout ?? CHECK_TIMEOUT),
  }));
}

// The verifier would refuse it too, but only once a change waits for it.
function refuseQuestion(yaml: LocatedYaml, entry: CheckEntry, path: YamlPath): void {
  const question: z.ZodType = CHECK_QUESTIONS[entry.kind];
  const issue = question.safeParse(entry.question).error?.issues[0];
  if (issue === undefined) return;
  const at = [...path, ...issue.path];
  throw invalid(
    `${pathName(at)} is no question that a ${entry.kind} check can ask: ${visibleLine(issue.message)}`,
    yaml.where(at),
    'see docs/reference/trust-file.md for the questions of each kind',
  );
}

/** Refuses a name that stands twice, where it stands for the second time. */
export function refuseDoubles(
  yaml: LocatedYaml,
  names: readonly string[],
  pathOf: (index: number) => YamlPath,
  what: string,
): void {
  const index = names.findIndex((name, at) => names.indexOf(name) !== at);
  if (index === -1) return;
  const first = yaml.where(pathOf(names.indexOf(names[index] ?? '')));
  throw invalid(
    `${pathName(pathOf(index))}: the ${what} ${names[index]} stands here for the second time, first at ${first}`,
    yaml.where(pathOf(index)),
    'rename or remove one of them',
  );
}
