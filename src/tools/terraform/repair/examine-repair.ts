/** Looks whether a repair can be made, and gathers what speaks for it. What is refused here is refused whoever would approve it. */

import type { Json } from '../../../kernel/index.ts';
import { visibleLine } from '../../../kernel/index.ts';
import type { PastExecutions, RecoveredExecution, SealedExecution } from '../../past-executions.ts';
import { FACT, type World } from '../world-facts.ts';
import { holderWords, proveOwner, untoldWords } from './prove-owner.ts';
import { type LockParts, readLock } from './read-lock.ts';
import { hadState, refutePlace } from './refute-place.ts';
import { REPAIR_FACT, type Repair, type RepairWish } from './repair.ts';
import { readContents, type StateContents } from './state-contents.ts';
import type { LockAnswer, StateLock } from './state-locks.ts';

/** What repairs are looked at with. */
export type RepairParts = LockParts & { readonly past: PastExecutions };

/** The world that a repair would be made in. */
export type RepairWorld = {
  readonly world: World;
  readonly environment: Readonly<Record<string, string>>;
  readonly held: RecoveredExecution;
};

/** What looking found. `own` are the facts of the repair alone. */
export type Examined =
  | {
      readonly kind: 'possible';
      readonly repair: Repair;
      readonly own: Readonly<Record<string, Json>>;
      readonly errored?: Uint8Array | undefined;
    }
  | Impossible;

type Impossible = { readonly kind: 'impossible'; readonly why: string; readonly next: string };

/** What was seen of the state and its lock, once for all that is asked about them. */
export type Sight = {
  readonly kind: 'seen';
  readonly present: StateContents | undefined;
  readonly lock: LockAnswer | { readonly kind: 'local' };
  readonly sealed: SealedExecution;
};

/** Looks at state and lock. Of another place than the held execution changed the lock is not even asked for. @throws Failure as `examineRepair` */
export async function lookAtState(parts: RepairParts, at: RepairWorld): Promise<Sight | Impossible> {
  const sealed = await parts.past.sealed(at.held.bundleDigest);
  const elsewhere = refutePlace(parts.hash, at.held, sealed, at.world.facts);
  if (elsewhere !== undefined) return impossible(visibleLine(elsewhere), 'ask where it was bound as that was sealed');
  const present = readContents(parts.hash, at.world.stateBytes);
  if (present !== undefined && 'why' in present) {
    const why = `the state can't be read: ${visibleLine(present.why)}`;
    return impossible(why, 'restore it from its backup first');
  }
  const isLocal = at.world.working.backend.kind === 'local';
  return { kind: 'seen', present, sealed, lock: isLocal ? { kind: 'local' } : await readLock(parts, sourceOf(at)) };
}

/** Looks. @throws Failure `TOOL_FAILED`, `STORE_UNREADABLE`, `BLOB_MISSING`, `BLOB_CORRUPT` */
export async function examineRepair(parts: RepairParts, at: RepairWorld, wish: RepairWish): Promise<Examined> {
  const sight = await lookAtState(parts, at);
  return sight.kind === 'impossible' ? sight : await judgeRepair(parts, at, wish, sight);
}

/** Judges a wish by what was seen already. @throws Failure `TOOL_FAILED`, `STORE_UNREADABLE` */
export async function judgeRepair(
  parts: RepairParts,
  at: RepairWorld,
  wish: RepairWish,
  sight: Sight,
): Promise<Examined> {
  switch (wish.kind) {
    case 'push-state':
      return await examinePush(parts, at, sight);
    case 'force-unlock':
      return await examineLock(parts, at, wish.lock, sight);
    case 'untaint':
      return refuseLocked(sight) ?? examineTaint(at, sight.present, wish.address);
  }
}

async function examinePush(parts: RepairParts, at: RepairWorld, sight: Sight): Promise<Examined> {
  const { present, sealed } = sight;
  const { bundleDigest, proposal } = at.held;
  const past = await parts.past.find(bundleDigest);
  if (past.kind === 'unknown') return impossible(past.why, past.next);
  const errored = await parts.past.read(bundleDigest, erroredPath(sealed));
  const pushed = readContents(parts.hash, errored);
  if (pushed === undefined) {
    return impossible(
      `the execution of ${proposal} left no errored.tfstate`,
      'there is nothing to push; plan the rest again',
    );
  }
  if ('why' in pushed) {
    return impossible(
      `the errored.tfstate that was left can't be read: ${pushed.why}`,
      'look at it yourself in the run directory',
    );
  }
  const refusal = present === undefined ? refuseVanished(sight) : refusePush(present, pushed);
  if (refusal !== undefined) return refusal;
  const locked = refuseLocked(sight);
  if (locked !== undefined) return locked;
  const repair: Repair = {
    kind: 'push-state',
    serial: pushed.serial,
    lineage: pushed.lineage,
    into: present?.lineage ?? '',
    contents: pushed.digest,
  };
  return { kind: 'possible', repair, own: { ...ownOf(at), ...erroredFact(parts, errored) }, errored };
}

/** A state that was there and is gone was taken away by somebody: that is no save that failed. */
function refuseVanished({ sealed }: Sight): Impossible | undefined {
  if (!hadState(sealed)) return undefined;
  const why = 'there was a state when the change was sealed, and now there is none';
  return impossible(why, 'find out who removed it; restore it from its backup first');
}

/** Never by force: what is newer was written by somebody who knew more, and another lineage is another state. */
function refusePush(present: StateContents, pushed: StateContents): Impossible | undefined {
  const serials = `the present state has serial ${present.serial}, errored.tfstate has ${pushed.serial}`;
  if (present.lineage !== pushed.lineage) {
    const why = `errored.tfstate belongs to another state: its lineage is ${pushed.lineage}, the present one has ${present.lineage}`;
    return impossible(visibleLine(why), 'find out who replaced the state before anything is written to it');
  }
  if (present.digest === pushed.digest) {
    return impossible(
      'the present state says what errored.tfstate says',
      'there is nothing to push; verify again, or plan the rest',
    );
  }
  if (present.serial > pushed.serial) {
    return impossible(
      `somebody wrote the state since: ${serials}`,
      'compare the two by hand; import what the present state lacks',
    );
  }
  if (present.serial < pushed.serial) return undefined;
  return impossible(
    `both say something else under one number: ${serials}`,
    'compare the two by hand; import what the present state lacks',
  );
}

async function examineLock(
  parts: RepairParts,
  at: RepairWorld,
  id: string,
  { lock: reading }: Sight,
): Promise<Examined> {
  if (reading.kind === 'local') return refuseLocal();
  if (reading.kind === 'free') return impossible('nobody holds the lock', 'there is nothing to unlock');
  if (reading.kind === 'untold') return refuseUntold(reading.why);
  if (reading.kind === 'unknown')
    return impossible(`who holds the lock can't be read: ${reading.why}`, 'ask the backend itself who holds it');
  const { lock } = reading;
  if (lock.id !== id)
    return impossible(
      `${holderWords(lock)}, and not ${visibleLine(id)}`,
      'ask again: countersign recover shows who holds it now',
    );
  const owner = await readOwner(parts, at, lock);
  if (owner.kind === 'unproven') return impossible(owner.why, owner.next);
  const own = { ...ownOf(at), [REPAIR_FACT.lock]: lockFact(lock), [REPAIR_FACT.owner]: owner };
  return { kind: 'possible', repair: { kind: 'force-unlock', lock: id }, own };
}

/** Why a local state needs no unlocking. */
function refuseLocal(): Impossible {
  const why = 'a local state is locked by the operating system, and that lock is gone with its process';
  return impossible(
    `${why}; .terraform.tfstate.lock.info is a note and holds nobody off`,
    'there is nothing to unlock',
  );
}

function examineTaint(at: RepairWorld, present: StateContents | undefined, address: string): Examined {
  const found = present?.objects.find((one) => one.address === address);
  if (found === undefined) {
    return impossible(`${visibleLine(address)} is not in the state`, 'name it as `terraform state list` does');
  }
  if (!found.isTainted) return impossible(`${visibleLine(address)} is not tainted`, 'there is nothing to untaint');
  return { kind: 'possible', repair: { kind: 'untaint', address }, own: ownOf(at) };
}

/** A repair that has to take the lock waits for whoever holds it. */
function refuseLocked({ lock }: Sight): Impossible | undefined {
  if (lock.kind === 'local' || lock.kind === 'free') return undefined;
  if (lock.kind === 'untold') return refuseUntold(lock.why);
  const why = lock.kind === 'held' ? holderWords(lock.lock) : `the state is locked: ${lock.why}`;
  return impossible(why, 'wait for it, or recover the lock first: --with force-unlock');
}

function refuseUntold(why: string): Impossible {
  return impossible(untoldWords(why), 'run `terraform plan` in the directory to see what is wrong with the backend');
}

/** The facts of a sealed repair, as they are now; what can't be had any more is `null`. @throws Failure as `examineRepair` */
export async function probeRepair(
  parts: RepairParts,
  at: RepairWorld,
  repair: Repair,
): Promise<Readonly<Record<string, Json>>> {
  switch (repair.kind) {
    case 'untaint':
      return ownOf(at);
    case 'push-state': {
      const sealed = await parts.past.sealed(at.held.bundleDigest);
      const errored = await parts.past.read(at.held.bundleDigest, erroredPath(sealed));
      return { ...ownOf(at), ...erroredFact(parts, errored) };
    }
    case 'force-unlock': {
      const reading = await readLock(parts, sourceOf(at));
      const lock = reading.kind === 'held' ? reading.lock : undefined;
      const owner = lock === undefined ? undefined : await readOwner(parts, at, lock);
      return {
        ...ownOf(at),
        [REPAIR_FACT.lock]: lock === undefined ? null : lockFact(lock),
        [REPAIR_FACT.owner]: owner ?? null,
      };
    }
  }
}

/** Proves, by its runner's own files, that a lock is what the held execution left. */
async function readOwner(
  parts: RepairParts,
  { held }: Pick<RepairWorld, 'held'>,
  lock: StateLock,
): Promise<ReturnType<typeof proveOwner>> {
  const past = await parts.past.find(held.bundleDigest);
  return proveOwner(lock, past, await parts.past.read(held.bundleDigest, 'output/stdout'));
}

/**
 * Where an execution leaves the state that it could not save: where it ran in its copy, which is not always where it would run now,
 * since modules and files of variables beside the directory may have come and gone.
 */
export function erroredPath({ facts }: SealedExecution): string {
  const fact = facts.find(({ name }) => name === FACT.inside)?.value;
  const inside = typeof fact === 'string' ? fact : '';
  return `copy/tree/${inside === '' ? '' : `${inside}/`}errored.tfstate`;
}

/** Where the lock of a world is asked for. */
function sourceOf({ world, environment }: RepairWorld): Parameters<typeof readLock>[1] {
  return { tool: world.tool, working: world.working, environment };
}

function ownOf({ held }: RepairWorld): Readonly<Record<string, Json>> {
  return { [REPAIR_FACT.of]: { proposal: held.proposal, bundle: held.bundleDigest } };
}

function erroredFact(parts: RepairParts, errored: Uint8Array | undefined): Readonly<Record<string, Json>> {
  return { [REPAIR_FACT.errored]: errored === undefined ? null : parts.hash(errored) };
}

function lockFact({ id, who, operation, createdAtMs }: StateLock): Json {
  return { id, who, operation, createdAtMs: createdAtMs ?? null };
}

function impossible(why: string, next: string): Impossible {
  return { kind: 'impossible', why, next };
}
