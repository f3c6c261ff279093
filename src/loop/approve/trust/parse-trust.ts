/** Reads `trust.yaml`: one page that says who may approve what, and which of its rules said so. */

import { durationMs } from './duration.ts';
import { readYaml } from './located-yaml.ts';
import { readDisowned } from './read-disowned.ts';
import { readApprovers, readGroups, readProcesses, resolveNames } from './read-parties.ts';
import { readEnvironments, readGrants, readTargets } from './read-places.ts';
import { readDemand, readRules } from './read-rules.ts';
import { readShape } from './read-shape.ts';
import type { Demand, FullDemand, Trust } from './trust.ts';
import { trustSchema } from './trust-schema.ts';

/**
 * Reads a trust file. Whether it is to be believed is `acceptTrust`'s to say.
 *
 * @param text  YAML 1.2, at most 256 KiB
 * @param file  the path that complaints and rules name as their place
 * @throws Failure `CONFIG_INVALID` for whatever is not understood to the last key, with `file:line:column` and what to do
 * @see docs/reference/trust-file.md
 */
export function parseTrust(text: string, file: string): Trust {
  const yaml = readYaml(text, file);
  const document = readShape(yaml, trustSchema);
  const approvers = readApprovers(yaml, document);
  const names = approvers.map((approver) => approver.name);
  const groups = readGroups(yaml, document, approvers);
  const resolve = resolveNames(yaml, names, groups);
  return {
    file,
    version: document.version,
    approvers,
    groups,
    ...readProcesses(yaml, document),
    targets: readTargets(yaml, document),
    environments: readEnvironments(yaml, document),
    defaults: { ...builtIn(names), ...given(readDemand(yaml, document.defaults ?? {}, ['defaults'], resolve)) },
    defaultsWhere: yaml.where(['defaults']),
    policy: readRules(yaml, document.policy ?? [], ['policy'], resolve),
    grants: readGrants(yaml, document),
    disowned: readDisowned(yaml, document),
    document,
  };
}

function builtIn(approvers: readonly string[]): FullDemand {
  return {
    approvals: 1,
    from: approvers,
    fourEyes: false,
    plainKeys: true,
    signedReconcile: false,
    openForMs: durationMs('24h'),
    approvalForMs: durationMs('1h'),
    breakGlass: [],
    needsPostconditions: false,
  };
}

function given(demand: Demand): Partial<FullDemand> {
  // What is left after the filter has no undefined member, which is all that tells a Partial<FullDemand> from a Demand.
  return Object.fromEntries(Object.entries(demand).filter(([, value]) => value !== undefined)) as Partial<FullDemand>;
}
