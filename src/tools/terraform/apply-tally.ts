/** Counts a stream's events against the plan: what was expected, what began, what ended, and how. */

import type { ApplyEvent, ApplyStream, ChangeSummary } from './apply-stream.ts';
import { addressOf, previewAction } from './plan-preview.ts';
import type { PlannedChange } from './read-plan.ts';
import type { StateInstance, StateReading } from './read-state.ts';

/** A diagnostic of severity `error`. */
export type ApplyError = Extract<ApplyEvent, { readonly kind: 'diagnostic' }>;

/** One planned change and everything that the stream and the state say about it. */
export type PlannedProgress = {
  readonly change: PlannedChange;
  readonly address: string;
  readonly action: string;
  /** Events that a whole execution of it shows: `delete` and `create` for a replacement, none for a move. */
  readonly expected: readonly string[];
  readonly completed: readonly string[];
  readonly hasBegun: boolean;
  readonly hasErrored: boolean;
  /** It began, and nothing says that it ended. */
  readonly isOpen: boolean;
  readonly isTainted: boolean;
  /** The state holds an object at this address; `undefined` when the state can't be read. */
  readonly isInState: boolean | undefined;
  readonly id: string | undefined;
  readonly error: ApplyError | undefined;
};

/** Everything, counted. */
export type ApplyTally = {
  readonly progress: readonly PlannedProgress[];
  readonly starts: number;
  readonly completes: number;
  /** Addresses that began and show no end. */
  readonly open: readonly string[];
  /** Addresses that ended more often than they began: nothing that Terraform itself prints does. */
  readonly unbegun: readonly string[];
  /** Addresses that were changed though no plan spoke of them; reads change nothing. */
  readonly unplanned: readonly string[];
  readonly tainted: readonly string[];
  readonly errors: readonly ApplyError[];
  readonly summary: ChangeSummary | undefined;
  readonly planned: ChangeSummary;
};

const EVENTS_OF: Readonly<Record<string, readonly string[]>> = { replace: ['delete', 'create'], create: ['create'] };
const WITHOUT_EVENTS: ReadonlySet<string> = new Set(['no-op', 'move', 'import', 'forget']);

/** Counts. @param planned  the changes of the sealed plan, no-ops among them */
export function tallyApply(stream: ApplyStream, planned: readonly PlannedChange[], after: StateReading): ApplyTally {
  const changes = planned.filter((change) => previewAction(change) !== 'no-op');
  const tainted = taintedAddresses(stream, after);
  // Looked up by address: a change of many thousand objects has as many events, and each is looked at once.
  const seen: Seen = {
    events: byAddress(stream.events, (event) => ('address' in event ? event.address : undefined)),
    instances: after.kind === 'read' ? byAddress(after.instances, ({ address }) => address) : new Map(),
    isUnreadable: after.kind === 'unreadable',
    tainted,
  };
  const progress = changes.map((change) => progressOf(change, seen));
  const known = new Set(changes.map(({ address }) => address));
  const moving = stream.events.filter((event) => event.kind === 'start' || event.kind === 'complete');
  return {
    progress,
    starts: countOf(stream, 'start'),
    completes: countOf(stream, 'complete'),
    open: unbalanced(stream, (begunMinusEnded) => begunMinusEnded > 0),
    unbegun: unbalanced(stream, (begunMinusEnded) => begunMinusEnded < 0),
    unplanned: distinct(
      moving.filter(({ address, action }) => action !== 'read' && !known.has(address)).map(({ address }) => address),
    ),
    tainted: [...tainted],
    errors: stream.events.filter((event) => event.kind === 'diagnostic').filter(({ severity }) => severity === 'error'),
    summary: stream.events.findLast((event) => event.kind === 'summary')?.counts,
    planned: plannedCounts(progress),
  };
}

type Seen = {
  readonly events: ByAddress<ApplyEvent>;
  readonly instances: ByAddress<StateInstance>;
  readonly isUnreadable: boolean;
  readonly tainted: ReadonlySet<string>;
};
type ByAddress<One> = ReadonlyMap<string | undefined, readonly One[]>;

function byAddress<One>(all: readonly One[], addressOfOne: (one: One) => string | undefined): ByAddress<One> {
  const found = new Map<string | undefined, One[]>();
  for (const one of all) {
    const address = addressOfOne(one);
    const others = found.get(address);
    if (others === undefined) found.set(address, [one]);
    else others.push(one);
  }
  return found;
}

function progressOf(change: PlannedChange, { events, instances, isUnreadable, tainted }: Seen): PlannedProgress {
  const action = previewAction(change);
  const own = events.get(change.address) ?? [];
  const standing = instances.get(change.address) ?? [];
  const expected = WITHOUT_EVENTS.has(action) ? [] : (EVENTS_OF[action] ?? [action]);
  const completes = own.filter((event) => event.kind === 'complete').filter((event) => expected.includes(event.action));
  const began = own.filter((event) => event.kind === 'start').filter((event) => expected.includes(event.action));
  const errored = own.filter((event) => event.kind === 'error').filter((event) => expected.includes(event.action));
  return {
    change,
    address: addressOf(change),
    action,
    expected,
    completed: completes.map((event) => event.action),
    hasBegun: began.length > 0,
    hasErrored: errored.length > 0,
    isOpen: began.length > completes.length + errored.length,
    isTainted: expected.length > 0 && change.deposed === undefined && tainted.has(change.address),
    isInState: isUnreadable ? undefined : isInState(change, standing),
    id: completes.findLast((event) => event.action !== 'delete')?.id ?? taintedId(change, standing),
    error: own.filter((event) => event.kind === 'diagnostic').find(({ severity }) => severity === 'error'),
  };
}

function isInState(change: PlannedChange, standing: readonly StateInstance[]): boolean {
  return standing.some(({ isDeposed }) => isDeposed === (change.deposed !== undefined));
}

// A provider that fails after it made something reports no id; the state that it leaves has it.
function taintedId(change: PlannedChange, standing: readonly StateInstance[]): string | undefined {
  if (change.deposed !== undefined) return undefined;
  return standing.find(({ isTainted, isDeposed }) => isTainted && !isDeposed)?.id;
}

function taintedAddresses(stream: ApplyStream, after: StateReading): ReadonlySet<string> {
  if (after.kind !== 'read') return new Set();
  const begun = new Set(stream.events.filter((event) => event.kind === 'start').map(({ address }) => address));
  const tainted = after.instances.filter((instance) => instance.isTainted && begun.has(instance.address));
  return new Set(tainted.map(({ address }) => address));
}

function unbalanced(stream: ApplyStream, isOff: (begunMinusEnded: number) => boolean): readonly string[] {
  const balance = new Map<string, { readonly address: string; readonly count: number }>();
  for (const event of stream.events) {
    if (event.kind !== 'start' && event.kind !== 'complete' && event.kind !== 'error') continue;
    const { address, action } = event;
    const key = JSON.stringify([address, action]);
    balance.set(key, { address, count: (balance.get(key)?.count ?? 0) + (event.kind === 'start' ? 1 : -1) });
  }
  return distinct([...balance.values()].filter(({ count }) => isOff(count)).map(({ address }) => address));
}

function plannedCounts(progress: readonly PlannedProgress[]): ChangeSummary {
  const events = progress.flatMap(({ expected }) => expected);
  const count = (action: string): number => events.filter((event) => event === action).length;
  return {
    add: count('create'),
    change: count('update'),
    remove: count('delete'),
    import: progress.filter(({ change }) => change.importId !== undefined).length,
  };
}

function countOf(stream: ApplyStream, kind: ApplyEvent['kind']): number {
  return stream.events.filter((event) => event.kind === kind).length;
}

function distinct(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)];
}
