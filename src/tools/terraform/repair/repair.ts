/** A repair: a change of Terraform's state or of its lock, and of nothing in the world. It is sealed as a fact and as its command. */

import { z } from 'zod';
import { type Fact, Failure, type Json, type Manifest } from '../../../kernel/index.ts';
import type { Backend } from '../working-directory.ts';
import { sealedFact, type World } from '../world-facts.ts';

/** What is to be repaired. */
export type Repair =
  | {
      readonly kind: 'push-state';
      readonly serial: number;
      readonly lineage: string;
      /** Lineage of the present state; empty where there is none, and then Terraform makes up a new one as it pushes. */
      readonly into: string;
      /** Of `StateContents`. */
      readonly contents: string;
    }
  | { readonly kind: 'force-unlock'; readonly lock: string }
  | { readonly kind: 'untaint'; readonly address: string };

/** What was asked for, before anybody looked. */
export type RepairWish =
  | { readonly kind: 'push-state' }
  | { readonly kind: 'force-unlock'; readonly lock: string }
  | { readonly kind: 'untaint'; readonly address: string };

/** Names of the facts of a repair. */
export const REPAIR_FACT = {
  repair: 'terraform.repair',
  /** The held execution that it is for. */
  of: 'terraform.repair.of',
  errored: 'terraform.errored.digest',
  lock: 'terraform.lock',
  owner: 'terraform.lock.owner',
} as const;

/** Names of the blobs of a repair; both may hold secrets. */
export const REPAIR_BLOB = { errored: 'errored-state', present: 'present-state' } as const;

/** Where the runner lays the state that is pushed. */
const ERRORED_FILE = '{run}/errored.tfstate';
const LOCK_ID = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,199}$/;

const REPAIR: z.ZodType<Repair> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('push-state'),
    serial: z.int(),
    lineage: z.string(),
    into: z.string(),
    contents: z.string(),
  }),
  z.strictObject({ kind: z.literal('force-unlock'), lock: z.string().regex(LOCK_ID) }),
  z.strictObject({ kind: z.literal('untaint'), address: z.string() }),
]);

/**
 * Reads what a proposer wrote: `state push`, `force-unlock ID` or `untaint ADDRESS`, with or without `terraform` before it.
 *
 * @returns `undefined` when it is no repair but options of a plan
 */
export function readRepairWish(argv: readonly string[]): RepairWish | undefined {
  const [word, subject, ...others] = argv[0] === 'terraform' ? argv.slice(1) : argv;
  if (others.length > 0 || subject === undefined || subject.startsWith('-')) return undefined;
  if (word === 'state' && subject === 'push') return { kind: 'push-state' };
  if (word === 'force-unlock' && LOCK_ID.test(subject)) return { kind: 'force-unlock', lock: subject };
  return word === 'untaint' ? { kind: 'untaint', address: subject } : undefined;
}

/** The arguments of a repair, with `{run}` for the private copy. The lock is taken by all but the one that removes it. */
export function repairArguments(repair: Repair, backend: Backend): readonly string[] {
  switch (repair.kind) {
    case 'push-state':
      return ['state', 'push', '-no-color', '-lock-timeout=30s', ERRORED_FILE];
    case 'force-unlock':
      return ['force-unlock', '-no-color', '-force', repair.lock];
    case 'untaint': {
      const state = backend.kind === 'local' ? [`-state=${backend.statePath}`] : [];
      return ['untaint', '-no-color', '-lock-timeout=30s', ...state, repair.address];
    }
  }
}

/** Whether a bundle is a repair. */
export function isRepair(manifest: Pick<Manifest, 'facts'>): boolean {
  return manifest.facts.some(({ name }) => name === REPAIR_FACT.repair);
}

/** The sealed repair. @throws Failure `BLOB_CORRUPT` */
export function sealedRepair(manifest: Manifest): Repair {
  const repair = REPAIR.safeParse(sealedFact(manifest, REPAIR_FACT.repair)).data;
  if (repair !== undefined) return repair;
  throw new Failure('BLOB_CORRUPT', `nobody knows the repair that ${manifest.proposal} is`, {
    hint: 'propose it again: countersign recover',
    where: manifest.proposal,
  });
}

/**
 * The facts that a repair rests on: the place, the state and the tool as in every Terraform bundle, and what is its own. What the
 * configuration says beyond its backend is none of them: mending it must not spoil a repair.
 */
export function repairFacts(world: World, repair: Repair, own: Readonly<Record<string, Json>>): readonly Fact[] {
  const shared = world.facts.filter(
    ({ name, role }) => role === 'binding' || /^(terraform\.state|tool|identity)\./.test(name),
  );
  const more = Object.entries({ [REPAIR_FACT.repair]: repair, ...own });
  return [...shared, ...more.map(([name, value]): Fact => ({ name, role: 'version', value }))];
}
