/** Reads `countersign.yaml`, which lies within reach of the agents that it is about: it can only tighten (L15). */

import type { CheckSpec } from '../../../kernel/index.ts';
import type { EnvironmentLabel } from '../policy/environment-of.ts';
import { durationMs, durationText } from './duration.ts';
import { invalid, type LocatedYaml, readYaml, type YamlPath } from './located-yaml.ts';
import { resolveNames } from './read-parties.ts';
import { readChecks, readRules } from './read-rules.ts';
import { pathName, readShape } from './read-shape.ts';
import type { PolicyRule, Trust } from './trust.ts';
import type { DemandEntry, RepositoryDocument } from './trust-document.ts';
import { repositorySchema } from './trust-schema.ts';

/** A repository's rules, read but not yet held against a trust file. */
export type RepositoryRules = {
  readonly file: string;
  readonly label: EnvironmentLabel | undefined;
  readonly checks: readonly CheckSpec[];
  readonly document: RepositoryDocument;
  /** The rules with their names resolved. @throws Failure `CONFIG_INVALID` on unknown people, and on what is looser than the trust file */
  readonly against: (trust: Trust) => readonly PolicyRule[];
};

/**
 * Reads a repository's rules.
 *
 * @param text  YAML 1.2, at most 256 KiB
 * @throws Failure `CONFIG_INVALID` with the line of whatever is not understood, or would loosen anything
 */
export function parseRepositoryRules(text: string, file: string): RepositoryRules {
  const yaml = readYaml(text, file);
  const document = readShape(yaml, repositorySchema);
  const rules = document.policy ?? [];
  rules.forEach((rule, index) => {
    refuseLoosening(yaml, rule.demand ?? {}, ['policy', index, 'demand']);
  });
  readRules(yaml, rules, ['policy'], (names) => names);
  return {
    file,
    label:
      document.environment === undefined
        ? undefined
        : { environment: document.environment, where: yaml.where(['environment']) },
    checks: readChecks(yaml, document.checks ?? [], ['checks']),
    document,
    against: (trust) => holdAgainst(yaml, document, trust),
  };
}

function refuseLoosening(yaml: LocatedYaml, demand: DemandEntry, path: YamlPath): void {
  const looser = [
    demand.fourEyes === false ? 'fourEyes' : undefined,
    demand.plainKeys === true ? 'plainKeys' : undefined,
    demand.signedReconcile === false ? 'signedReconcile' : undefined,
    demand.postconditions === 'optional' ? 'postconditions' : undefined,
  ].find((field) => field !== undefined);
  if (looser === undefined) return;
  const at = [...path, looser];
  throw invalid(
    `${pathName(at)} would loosen the policy`,
    yaml.where(at),
    'a repository can only tighten: remove the line',
  );
}

function holdAgainst(yaml: LocatedYaml, document: RepositoryDocument, trust: Trust): readonly PolicyRule[] {
  const entries = document.policy ?? [];
  entries.forEach((entry, index) => {
    const loose = entry.demand === undefined ? undefined : looserThan(entry.demand, trust);
    if (loose === undefined) return;
    const at = ['policy', index, 'demand', loose.field];
    throw invalid(
      `${pathName(at)} would be looser than the trust file, which has ${loose.limit}`,
      yaml.where(at),
      'a repository can only tighten: remove the line, or choose a stricter value',
    );
  });
  refuseDoubledChecks(yaml, document, trust);
  const names = trust.approvers.map((approver) => approver.name);
  return readRules(yaml, entries, ['policy'], resolveNames(yaml, names, trust.groups));
}

type Loose = { readonly field: keyof DemandEntry; readonly limit: string };

function looserThan(demand: DemandEntry, trust: Trust): Loose | undefined {
  const { approvals, openForMs, approvalForMs } = trust.defaults;
  const stray = demand.breakGlass?.find((name) => !reaches(trust, name, trust.defaults.breakGlass));
  const loose: readonly (Loose | undefined)[] = [
    (demand.approvals ?? approvals) < approvals ? { field: 'approvals', limit: String(approvals) } : undefined,
    exceeds(demand.openFor, openForMs) ? { field: 'openFor', limit: durationText(openForMs) } : undefined,
    exceeds(demand.approvalFor, approvalForMs)
      ? { field: 'approvalFor', limit: durationText(approvalForMs) }
      : undefined,
    stray === undefined ? undefined : { field: 'breakGlass', limit: trust.defaults.breakGlass.join(', ') || 'nobody' },
  ];
  return loose.find((one) => one !== undefined);
}

function reaches(trust: Trust, name: string, allowed: readonly string[]): boolean {
  return (trust.groups.get(name) ?? [name]).every((member) => allowed.includes(member));
}

function exceeds(text: string | undefined, limitMs: number): boolean {
  return text !== undefined && durationMs(text) > limitMs;
}

function refuseDoubledChecks(yaml: LocatedYaml, document: RepositoryDocument, trust: Trust): void {
  const taken = [...trust.targets.values()].flatMap((target) => target.checks.map((check) => check.id));
  const index = (document.checks ?? []).findIndex((check) => taken.includes(check.id));
  if (index === -1) return;
  const at = ['checks', index, 'id'];
  throw invalid(`${pathName(at)}: the trust file has a check of this id`, yaml.where(at), 'choose another id');
}
