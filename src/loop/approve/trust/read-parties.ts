/** The people and processes of the trust file: who may approve, run and verify. No two of them may share a key. */

import type { SshKey } from '../ssh/ssh-key.ts';
import { parseSshKey } from '../ssh/ssh-key.ts';
import { invalid, type LocatedYaml, type YamlPath } from './located-yaml.ts';
import { nearMiss } from './near-miss.ts';
import { type ResolveNames, refuseDoubles } from './read-rules.ts';
import { pathName } from './read-shape.ts';
import type { Approver, TrustedRunner, TrustedVerifier } from './trust.ts';
import type { TrustDocument } from './trust-document.ts';

/** Reads the approvers. @throws Failure `CONFIG_INVALID` on an unreadable key, a doubled name, and a key of two people */
export function readApprovers(yaml: LocatedYaml, document: TrustDocument): readonly Approver[] {
  const names = document.approvers.map((approver) => approver.name);
  refuseDoubles(yaml, names, (index) => ['approvers', index, 'name'], 'approver');
  const seen = new Map<string, string>();
  return document.approvers.map((entry, index) => ({
    name: entry.name,
    accounts: entry.accounts ?? [],
    where: yaml.where(['approvers', index, 'name']),
    keys: entry.keys.map((line, position) => {
      const path = ['approvers', index, 'keys', position];
      const key = readKey(yaml, line, path);
      const owner = seen.get(key.fingerprint);
      if (owner !== undefined) {
        throw invalid(
          `${pathName(path)}: the key ${key.fingerprint} is that of ${owner} already`,
          yaml.where(path),
          'a key says who signed: give each person keys of their own, each once',
        );
      }
      seen.set(key.fingerprint, entry.name);
      return key;
    }),
  }));
}

function readKey(yaml: LocatedYaml, line: string, path: YamlPath): SshKey {
  const answer = parseSshKey(line);
  if (answer.kind === 'key') return answer.key;
  throw invalid(
    `${pathName(path)} is not a key that can approve: ${answer.why}`,
    yaml.where(path),
    'paste the one line of a `.pub` file, for instance of `ssh-keygen -t ed25519`',
  );
}

/** Reads the groups; each must name approvers, and none may be called like one. */
export function readGroups(
  yaml: LocatedYaml,
  document: TrustDocument,
  approvers: readonly Approver[],
): ReadonlyMap<string, readonly string[]> {
  const names = approvers.map((approver) => approver.name);
  const groups = Object.entries(document.groups ?? {});
  for (const [group, members] of groups) {
    if (names.includes(group)) {
      throw invalid(
        `groups.${group}: an approver has this name too`,
        yaml.where(['groups', group]),
        'rename the group',
      );
    }
    resolveNames(yaml, names, new Map())(members, ['groups', group]);
  }
  return new Map(groups);
}

/** Makes the function that turns names of approvers and groups into approvers, each once, in the file's order. */
export function resolveNames(
  yaml: LocatedYaml,
  approvers: readonly string[],
  groups: ReadonlyMap<string, readonly string[]>,
): ResolveNames {
  return (names, path) => {
    const found = names.flatMap((name, index) => {
      const people = approvers.includes(name) ? [name] : groups.get(name);
      if (people !== undefined) return people;
      const known = [...approvers, ...groups.keys()];
      const meant = nearMiss(name, known);
      throw invalid(
        `${pathName([...path, index])}: nobody is called ${name}`,
        yaml.where([...path, index]),
        meant === undefined ? `known are ${known.join(', ')}` : `did you mean \`${meant}\`?`,
      );
    });
    return approvers.filter((name) => found.includes(name));
  };
}

/** Reads runners and verifiers. A verifier that shares name or key with a runner would check its own work. */
export function readProcesses(
  yaml: LocatedYaml,
  document: TrustDocument,
): { readonly runners: readonly TrustedRunner[]; readonly verifiers: readonly TrustedVerifier[] } {
  const { runners, verifiers } = document;
  const all = [
    ...runners.map((entry, index) => ({ ...entry, path: ['runners', index] })),
    ...verifiers.map((entry, index) => ({ ...entry, path: ['verifiers', index] })),
  ];
  for (const field of ['name', 'key', 'recipient'] as const) {
    refuseDoubles(
      yaml,
      all.map((one) => one[field]),
      (index) => [...(all[index]?.path ?? []), field],
      field === 'name' ? 'process' : field,
    );
  }
  return {
    runners: runners.map((entry, index) => ({ ...entry, where: yaml.where(['runners', index]) })),
    verifiers: verifiers.map((entry, index) => ({ ...entry, where: yaml.where(['verifiers', index]) })),
  };
}
