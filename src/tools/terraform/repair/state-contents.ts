/** What a state says, without its values: enough to compare two states and to name what differs. */

import { z } from 'zod';
import { canonicalJson, type HashFunction, type Json, type Sha256Hex } from '../../../kernel/index.ts';
import { mapTexts } from '../mask-text.ts';
import { readState } from '../read-state.ts';

/** One object in a state. */
type StateObject = {
  /** With ` (deposed KEY)` behind one that an interrupted replacement left. */
  readonly address: string;
  readonly isTainted: boolean;
  /** Digest of everything that the state says of it. */
  readonly digest: Sha256Hex;
  /** Digest of each attribute, by name. */
  readonly attributes: Readonly<Record<string, Sha256Hex>>;
};

/** A state's contents. */
export type StateContents = {
  readonly lineage: string;
  readonly serial: number;
  /** Of objects and outputs: the same for two states that say the same, whatever their serial and lineage. */
  readonly digest: Sha256Hex;
  readonly objects: readonly StateObject[];
};

/** How a state would change, object by object. */
export type StateDifference = {
  readonly address: string;
  readonly how: 'added' | 'removed' | 'changed';
  /** Names of attributes that differ; `tainted` among them when only that changes. */
  readonly attributes: readonly string[];
};

const json: z.ZodType<Json> = z.json();
const INSTANCE = z.looseObject({ attributes: z.record(z.string(), json).nullish() });
const STATE = z.object({
  outputs: json.default({}),
  resources: z.array(z.looseObject({ instances: z.array(INSTANCE).default([]) })).default([]),
});

/** Reads a state. @returns why it can't be read, or `undefined` when there is none */
export function readContents(
  hash: HashFunction,
  content: Uint8Array | undefined,
): StateContents | { readonly why: string } | undefined {
  const read = readState(content);
  // A remote backend that keeps nothing gives a state without a lineage: nobody ever wrote it.
  if (read.kind === 'absent' || (read.kind === 'read' && read.lineage === '')) return undefined;
  const raw = read.kind === 'read' ? STATE.safeParse(JSON.parse(new TextDecoder().decode(content))).data : undefined;
  if (read.kind === 'unreadable' || raw === undefined)
    return { why: read.kind === 'unreadable' ? read.why : 'its objects are not readable' };
  const digestOf = (value: unknown): Sha256Hex =>
    hash(canonicalJson(mapTexts(json.parse(value), (one) => one.toWellFormed())));
  // The same objects in the same order as `readState` lists them.
  const instances = raw.resources.flatMap((resource) => resource.instances);
  const objects = read.instances.map(({ address, isTainted, isDeposed }, index): StateObject => {
    const instance = instances[index];
    const deposed = isDeposed ? ` (deposed ${String(instance?.['deposed'])})` : '';
    return {
      address: `${address}${deposed}`,
      isTainted,
      digest: digestOf(instance ?? null),
      attributes: Object.fromEntries(
        Object.entries(instance?.attributes ?? {}).map(([name, value]) => [name, digestOf(value)]),
      ),
    };
  });
  const { lineage, serial } = read;
  return { lineage, serial, digest: digestOf({ outputs: raw.outputs, resources: raw.resources }), objects };
}

/** Compares two states; by address, in the order of addresses. */
export function compareStates(before: StateContents | undefined, after: StateContents): readonly StateDifference[] {
  const old = new Map(before?.objects.map((one) => [one.address, one]));
  const young = new Map(after.objects.map((one) => [one.address, one]));
  const addresses = [...new Set([...old.keys(), ...young.keys()])].sort();
  return addresses.flatMap((address): readonly StateDifference[] => {
    const was = old.get(address);
    const is = young.get(address);
    if (was === undefined) return [{ address, how: 'added', attributes: is?.isTainted ? ['tainted'] : [] }];
    if (is === undefined) return [{ address, how: 'removed', attributes: [] }];
    return was.digest === is.digest ? [] : [{ address, how: 'changed', attributes: changedNames(was, is) }];
  });
}

function changedNames(was: StateObject, is: StateObject): readonly string[] {
  const names = new Set([...Object.keys(was.attributes), ...Object.keys(is.attributes)]);
  const changed = [...names].filter((name) => was.attributes[name] !== is.attributes[name]).sort();
  return was.isTainted === is.isTainted ? changed : ['tainted', ...changed];
}
