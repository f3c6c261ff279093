/** The preview: what the tool says would change, resource by resource, as a person will read it before signing. */

import type { Json } from './json.ts';

/** What would happen to a resource. `run` is a command whose effect nobody can predict. */
export type PreviewAction =
  | 'delete'
  | 'replace'
  | 'create'
  | 'update'
  | 'read'
  | 'forget'
  | 'move'
  | 'import'
  | 'run'
  | 'no-op';

/** One attribute that would change. Sensitive values never get here: both sides are `(sensitive)` then. */
export type AttributeChange = {
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
  /** The tool can tell the value only after the change. */
  readonly isUnknownAfter: boolean;
  readonly isSensitive: boolean;
  readonly forcesReplacement: boolean;
};

/** One resource that would change. */
export type ResourceChange = {
  readonly address: string;
  readonly action: PreviewAction;
  /** The tool's reason, in its own word, for instance `replace_because_tainted`. */
  readonly reason?: string | undefined;
  readonly attributes: readonly AttributeChange[];
};

/** Something that the preview can't foresee: a provisioner, an external program, a command. */
export type Unpredictable = {
  readonly address: string;
  /** What kind of hole it is: `local-exec`, `external`, `command`, `non-transactional`. */
  readonly what: string;
  /** The program or statement as it would run, masked. */
  readonly text: string;
};

/** How many resources each action touches. `destroys` counts replacements as well as deletions. */
export type PreviewCounts = {
  readonly destroys: number;
  readonly replaces: number;
  readonly creates: number;
  readonly updates: number;
  readonly runs: number;
  readonly others: number;
};

/** The document that an approver sees, and whose digest they sign. */
export type Preview = {
  readonly schema: 'countersign.preview/1';
  readonly driver: DriverName;
  readonly counts: PreviewCounts;
  /** Ordered: deletes and replaces first, then creates, updates, the rest; by address within. */
  readonly resources: readonly ResourceChange[];
  readonly unpredictable: readonly Unpredictable[];
  /** The tool's own text or a diff, for the whole picture; masked; may be empty. */
  readonly text: string;
  /** What the person must know and no row says. */
  readonly notes: readonly string[];
  /** The options that the tool planned with, masked, in their order; absent where a driver has none. */
  readonly options?: readonly string[] | undefined;
};

/** The tools that a change can be made with. */
export type DriverName = 'argv' | 'terraform' | 'sqlite';

const RANK: Readonly<Record<PreviewAction, number>> = {
  delete: 0,
  replace: 1,
  run: 2,
  create: 3,
  update: 4,
  forget: 5,
  move: 6,
  import: 7,
  read: 8,
  'no-op': 9,
};

/** Orders resources as people must meet them: what destroys first, then by address. */
export function destroysFirst(resources: readonly ResourceChange[]): readonly ResourceChange[] {
  return [...resources].sort(
    (left, right) => RANK[left.action] - RANK[right.action] || (left.address < right.address ? -1 : 1),
  );
}

/** Counts what a preview's resources would do; a replacement destroys, and is counted as such too. */
export function countChanges(resources: readonly ResourceChange[]): PreviewCounts {
  const count = (...actions: readonly PreviewAction[]): number =>
    resources.filter((resource) => actions.includes(resource.action)).length;
  return {
    destroys: count('delete', 'replace'),
    replaces: count('replace'),
    creates: count('create'),
    updates: count('update'),
    runs: count('run'),
    others: count('read', 'forget', 'move', 'import'),
  };
}
