/** The preview of a repair: what would change in the state, by address and attribute name, never by value; and what speaks for it. */

import { z } from 'zod';
import {
  countChanges,
  destroysFirst,
  type Fact,
  type HashFunction,
  type Preview,
  type ResourceChange,
  visibleLine,
} from '../../../kernel/index.ts';
import { maskText } from '../mask-text.ts';
import { REPAIR_BLOB, REPAIR_FACT, type Repair } from './repair.ts';
import { compareStates, readContents, type StateDifference } from './state-contents.ts';

/** What a preview is made from: all of it is in the bundle. */
export type RepairSource = {
  readonly repair: Repair;
  readonly facts: readonly Fact[];
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** Of `placeNotes`. */
  readonly place: readonly string[];
  readonly secrets: readonly string[];
};

const OF = z.object({ proposal: z.string() });
const LOCK = z.object({ id: z.string(), who: z.string(), operation: z.string(), createdAtMs: z.number().nullable() });
const OWNER = z.object({ claim: z.string(), startedAtMs: z.number(), firstChangeAtMs: z.number() });

const ONLY_STATE = 'Only what Terraform knows is changed; no object in the world is touched by it.';

/** Makes the preview. The same source always gives the same bytes. */
export function repairPreview(hash: HashFunction, source: RepairSource): Preview {
  const { text, rows, notes } = describe(hash, source);
  const show = (words: string): string => visibleLine(maskText(words, source.secrets));
  const resources = destroysFirst(rows).map((row) => ({
    ...row,
    address: show(row.address),
    ...(row.reason === undefined ? {} : { reason: show(row.reason) }),
  }));
  return {
    schema: 'countersign.preview/1',
    driver: 'terraform',
    counts: countChanges(resources),
    resources,
    unpredictable: [],
    text,
    notes: [...notes, ...source.place].map(show),
  };
}

type Described = {
  readonly text: string;
  readonly rows: readonly ResourceChange[];
  readonly notes: readonly string[];
};

function describe(hash: HashFunction, source: RepairSource): Described {
  const of = OF.safeParse(factOf(source, REPAIR_FACT.of)).data?.proposal ?? 'nobody knows what';
  switch (source.repair.kind) {
    case 'push-state':
      return describePush(hash, source, source.repair, of);
    case 'force-unlock':
      return describeUnlock(source, source.repair.lock, of);
    case 'untaint':
      return describeUntaint(source.repair.address);
  }
}

function describePush(
  hash: HashFunction,
  source: RepairSource,
  { serial, lineage }: Extract<Repair, { readonly kind: 'push-state' }>,
  of: string,
): Described {
  const present = readContents(hash, source.blobs.get(REPAIR_BLOB.present));
  const pushed = readContents(hash, source.blobs.get(REPAIR_BLOB.errored));
  const isReadable = pushed !== undefined && !('why' in pushed) && (present === undefined || !('why' in present));
  const rows = isReadable ? compareStates(present, pushed).map(stateRow) : [];
  const now =
    present === undefined || 'why' in present
      ? 'there is no state now'
      : `serial ${present.serial}, lineage ${present.lineage}`;
  return {
    text: `Writes the state that the execution of ${visibleLine(of)} could not save. ${ONLY_STATE}`,
    rows: rows.length > 0 ? rows : [quietRow('the state', 'no object differs; outputs or checks do')],
    notes: [
      `the present state: ${now}`,
      `the state that is pushed: serial ${serial}, lineage ${lineage}`,
      `its bytes are those of errored.tfstate in the private directory of that execution (sha256 ${String(factOf(source, REPAIR_FACT.errored))})`,
      'never by force: Terraform refuses it when the state has moved on',
    ],
  };
}

function stateRow({ address, how, attributes }: StateDifference): ResourceChange {
  const named = attributes.length === 0 ? '' : `: ${attributes.join(', ')}`;
  switch (how) {
    case 'added':
      return { address, action: 'import', reason: `the state learns of it${named}`, attributes: [] };
    case 'removed':
      return { address, action: 'forget', reason: 'the state forgets it; the object stays as it is', attributes: [] };
    case 'changed':
      return { address, action: 'update', reason: `what the state says of it changes${named}`, attributes: [] };
  }
}

function quietRow(address: string, reason: string): ResourceChange {
  return { address, action: 'update', reason, attributes: [] };
}

function describeUnlock(source: RepairSource, id: string, of: string): Described {
  const lock = LOCK.safeParse(factOf(source, REPAIR_FACT.lock)).data;
  const owner = OWNER.safeParse(factOf(source, REPAIR_FACT.owner)).data;
  const time = (atMs: number | null | undefined): string =>
    typeof atMs === 'number' ? new Date(atMs).toISOString() : 'a time that nobody knows';
  return {
    text: `Removes the lock that the execution of ${visibleLine(of)} left behind. ${ONLY_STATE}`,
    rows: [{ address: `state lock ${id}`, action: 'delete', reason: 'its owner is dead', attributes: [] }],
    notes: [
      `the lock was taken by ${lock?.who} at ${time(lock?.createdAtMs)}, for ${lock?.operation}`,
      `the execution of ${of} began at ${time(owner?.startedAtMs)}, and its first change before ${time(owner?.firstChangeAtMs)}: the lock was taken between the two, by its account, on its machine`,
      `no process of that execution is alive (claim ${owner?.claim}); it is looked at again right before`,
      'whoever else works on this state without Countersign: ask them first',
    ],
  };
}

function describeUntaint(address: string): Described {
  const row: ResourceChange = {
    address,
    action: 'update',
    reason: 'no longer tainted',
    attributes: [
      {
        path: '(tainted)',
        before: true,
        after: false,
        isUnknownAfter: false,
        isSensitive: false,
        forcesReplacement: false,
      },
    ],
  };
  return {
    text: `Takes back that ${visibleLine(address)} was left half-made. ${ONLY_STATE}`,
    rows: [row],
    notes: [
      'without it the next plan replaces the object: it is destroyed and made again',
      'nobody has looked at the object itself: approve it only when somebody found it whole',
    ],
  };
}

function factOf({ facts }: RepairSource, name: string): unknown {
  return facts.find((fact) => fact.name === name)?.value;
}
