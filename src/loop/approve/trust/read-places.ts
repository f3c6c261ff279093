/** Targets, environments and standing grants of the trust file. */

import type { Environment } from '../../../kernel/index.ts';
import { invalid, type LocatedYaml, type YamlPath } from './located-yaml.ts';
import { nearMiss } from './near-miss.ts';
import { readChecks, readWhen, refuseDoubles } from './read-rules.ts';
import { pathName } from './read-shape.ts';
import type { EnvironmentRule, FactPattern, Grant, TrustedTarget } from './trust.ts';
import type { FactPatterns, GrantEntry, TrustDocument } from './trust-document.ts';

/** Reads the targets by name. @throws Failure `CONFIG_INVALID` on a runner that the file does not have */
export function readTargets(yaml: LocatedYaml, document: TrustDocument): ReadonlyMap<string, TrustedTarget> {
  const runners = document.runners.map((runner) => runner.name);
  return new Map(
    Object.entries(document.targets ?? {}).map(([name, entry]) => {
      const path = ['targets', name];
      if (entry.runner !== undefined) expectKnown(yaml, entry.runner, runners, [...path, 'runner']);
      const target: TrustedTarget = {
        name,
        drivers: typeof entry.driver === 'string' ? [entry.driver] : entry.driver,
        bind: readPatterns(yaml, entry.bind ?? {}, [...path, 'bind']),
        environment: entry.environment,
        runner: entry.runner,
        checks: readChecks(yaml, entry.checks ?? [], [...path, 'checks']),
        where: yaml.where(path),
      };
      return [name, target];
    }),
  );
}

/** Reads which facts make which environment. */
export function readEnvironments(yaml: LocatedYaml, document: TrustDocument): readonly EnvironmentRule[] {
  const environments: readonly Environment[] = ['production', 'staging', 'sandbox'];
  return environments.flatMap((environment) =>
    (document.environments?.[environment]?.where ?? []).map((patterns, index) => {
      const path = ['environments', environment, 'where', index];
      return { environment, patterns: readPatterns(yaml, patterns, path), where: yaml.where(path) };
    }),
  );
}

function readPatterns(yaml: LocatedYaml, patterns: FactPatterns, path: YamlPath): readonly FactPattern[] {
  return Object.entries(patterns).map(([fact, pattern]) => ({ fact, pattern, where: yaml.where([...path, fact]) }));
}

/** Reads the standing grants. @throws Failure `CONFIG_INVALID` on an unknown target or approver, and on a command without `argv` */
export function readGrants(yaml: LocatedYaml, document: TrustDocument): readonly Grant[] {
  const entries = document.grants ?? [];
  const approvers = document.approvers.map((approver) => approver.name);
  const targets = Object.keys(document.targets ?? {});
  refuseDoubles(
    yaml,
    entries.map((entry) => entry.name),
    (index) => ['grants', index, 'name'],
    'grant',
  );
  return entries.map((entry, index) => {
    const path = ['grants', index];
    expectKnown(yaml, entry.by, approvers, [...path, 'by']);
    expectKnown(yaml, entry.target, targets, [...path, 'target']);
    return { ...readGrant(yaml, entry, path), where: yaml.where([...path, 'name']) };
  });
}

function readGrant(yaml: LocatedYaml, entry: GrantEntry, path: YamlPath): Omit<Grant, 'where'> {
  if (entry.driver === 'argv' && entry.argv === undefined) {
    throw invalid(
      `${pathName(path)} would allow any command`,
      yaml.where(path),
      'add `argv` with one pattern for each argument of the command',
    );
  }
  const { name, target, driver, argv, uses, by } = entry;
  const when = readWhen(yaml, entry.when, [...path, 'when']);
  return { name, target, driver, when, argv, uses, by, expiresAtMs: Date.parse(entry.expires) };
}

function expectKnown(yaml: LocatedYaml, name: string, known: readonly string[], path: YamlPath): void {
  if (known.includes(name)) return;
  const meant = nearMiss(name, known);
  throw invalid(
    `${pathName(path)}: the file has no ${name} of this kind`,
    yaml.where(path),
    meant === undefined ? `known are ${known.join(', ') || 'none'}` : `did you mean \`${meant}\`?`,
  );
}
