/** Looks at what a held execution left, and names every way back that can be prepared, with what speaks for it. Changes nothing. */

import { isFailure, type ResourceOutcome, visibleLine } from '../../../kernel/index.ts';
import type { Recovery, RecoveryAnswer, RecoveryRequest } from '../../recovery.ts';
import { erroredPath, judgeRepair, lookAtState, type RepairWorld, type Sight } from './examine-repair.ts';
import { type PlanRepairParts, readPlace } from './plan-repair.ts';
import { holderWords, untoldWords } from './prove-owner.ts';
import type { RepairWish } from './repair.ts';
import type { StateContents } from './state-contents.ts';

/** How many of a kind are listed; the others are counted, and can be named all the same. */
const MOST_LISTED = 20;

/** What was seen. */
type Scene = Sight & {
  readonly at: RepairWorld;
  readonly hasErrored: boolean;
  readonly tainted: readonly string[];
  readonly orphans: readonly ResourceOutcome[];
};

/** Looks. @throws Failure `TOOL_MISSING`, `TOOL_FAILED`, `CONFIG_INVALID`, `STORE_UNREADABLE`, `BLOB_MISSING`, `BLOB_CORRUPT` */
export async function findRecoveries(parts: PlanRepairParts, request: RecoveryRequest): Promise<RecoveryAnswer> {
  const place = await readPlace(parts, request);
  const at = { ...place, held: request.held };
  const sight = await lookAtState(parts, at);
  if (sight.kind === 'impossible') return { found: [`${sight.why}; ${sight.next}`], recoveries: [] };
  const past = await parts.past.find(request.held.bundleDigest);
  const errored = await parts.past.read(request.held.bundleDigest, erroredPath(sight.sealed));
  const scene: Scene = {
    ...sight,
    at,
    hasErrored: errored !== undefined,
    tainted: sight.present?.objects.flatMap((one) => (one.isTainted ? [one.address] : [])) ?? [],
    orphans: request.outcome.resources.filter((row) => isLost(row, sight.present)),
  };
  const ways = [
    await unlocking(parts, scene),
    await pushing(parts, scene),
    ...(await untainting(parts, scene)),
    ...scene.orphans.slice(0, MOST_LISTED).map(importing),
    [replanning(scene)],
  ];
  const unknown = past.kind === 'unknown' ? [`what the runner kept of it is not known here: ${past.why}`] : [];
  return { found: [...unknown, ...findings(scene)], recoveries: ways.flat() };
}

/** Began to be made, and is in no state: it may stand in the world without anybody knowing it. */
function isLost(row: ResourceOutcome, present: StateContents | undefined): boolean {
  const isMade = row.action === 'create' || row.action === 'replace';
  return isMade && row.status === 'unknown' && !present?.objects.some(({ address }) => address === row.address);
}

function findings({ present, lock, hasErrored, tainted, orphans }: Scene): readonly string[] {
  return [
    present === undefined
      ? 'there is no state'
      : `the state has serial ${present.serial} and ${present.objects.length} objects`,
    ...lockFinding(lock),
    ...(hasErrored
      ? ['Terraform could not save the state: errored.tfstate lies in the private directory of the run']
      : []),
    ...listed(tainted, (address) => `${visibleLine(address)} is tainted: made, and left half-made`),
    ...listed(
      orphans,
      ({ address }) => `${visibleLine(address)} began to be made and is in no state: it may exist all the same`,
    ),
  ];
}

function listed<T>(all: readonly T[], words: (one: T) => string): readonly string[] {
  const more = all.length - MOST_LISTED;
  return [...all.slice(0, MOST_LISTED).map(words), ...(more > 0 ? [`and ${more} more like that one`] : [])];
}

function lockFinding(lock: Sight['lock']): readonly string[] {
  switch (lock.kind) {
    case 'local':
      return [
        'the state is local: its lock went with its process, and .terraform.tfstate.lock.info needs no unlocking',
      ];
    case 'free':
      return ['nobody holds the lock of the state'];
    case 'held':
      return [holderWords(lock.lock)];
    case 'untold':
      return [untoldWords(lock.why)];
    case 'unknown':
      return [`who holds the lock of the state can't be read: ${visibleLine(lock.why)}`];
  }
}

async function unlocking(parts: PlanRepairParts, scene: Scene): Promise<readonly Recovery[]> {
  const { lock } = scene;
  if (lock.kind !== 'held') return [];
  const what = 'removes the lock that the execution left behind, so that others can work on the state again';
  const way = await lookAt(parts, scene, { kind: 'force-unlock', lock: lock.lock.id });
  const evidence = way.isPossible
    ? [holderWords(lock.lock), 'it was taken by this very execution, and nothing of that is alive']
    : [holderWords(lock.lock)];
  return [{ kind: 'force-unlock', subject: lock.lock.id, what, evidence, first: null, ...way }];
}

async function pushing(parts: PlanRepairParts, scene: Scene): Promise<readonly Recovery[]> {
  if (!scene.hasErrored) return [];
  const what = 'writes the state that Terraform could not save, so that it knows again what it made';
  const evidence = ['errored.tfstate lies in the private directory of the run'];
  const way = await lookAt(parts, scene, { kind: 'push-state' });
  return [{ kind: 'push-state', subject: null, what, evidence, first: null, ...way }];
}

async function untainting(parts: PlanRepairParts, scene: Scene): Promise<readonly Recovery[]> {
  const found: Recovery[] = [];
  for (const address of scene.tainted.slice(0, MOST_LISTED)) {
    const way = await lookAt(parts, scene, { kind: 'untaint', address });
    found.push({
      kind: 'untaint',
      subject: visibleLine(address),
      what: 'takes back that it was left half-made; without it the next plan destroys it and makes it again',
      evidence: ['the state says that it is tainted'],
      first: 'look at the object itself: only one that is whole may be untainted',
      ...way,
    });
  }
  return found;
}

function importing({ address, id }: ResourceOutcome): readonly Recovery[] {
  return [
    {
      kind: 'import',
      subject: `${visibleLine(address)}=${id === undefined ? 'ID' : visibleLine(id)}`,
      isPossible: true,
      what: 'takes an object that stands in the world into the state, together with the rest of the plan',
      evidence: ['it began to be made, nobody saw it end, and the state does not know it'],
      whyNot: null,
      first:
        'look for it by its name, in the console or by the tool of its provider; its id is what that calls it. Where there is none, plan again',
    },
  ];
}

function replanning({ lock, hasErrored, orphans }: Scene): Recovery {
  const first = hasErrored
    ? 'push the state first, where it is not the present one already: without it the plan makes again what was made'
    : orphans.length > 0
      ? 'look for what began to be made: a new plan makes it a second time'
      : null;
  return {
    kind: 'replan',
    subject: null,
    isPossible: lock.kind !== 'held',
    what: 'plans what is left, from the state as it is and the configuration as it is now',
    evidence: [],
    whyNot: lock.kind === 'held' ? 'the state is locked: recover the lock first' : null,
    first,
  };
}

type Way = Pick<Recovery, 'isPossible' | 'whyNot'>;

async function lookAt(parts: PlanRepairParts, scene: Scene, wish: RepairWish): Promise<Way> {
  try {
    const examined = await judgeRepair(parts, scene.at, wish, scene);
    if (examined.kind === 'possible') return { isPossible: true, whyNot: null };
    return { isPossible: false, whyNot: `${examined.why}; ${examined.next}` };
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    // One way that can't be looked at leaves the others to be shown.
    return { isPossible: false, whyNot: `${thrown.message}; ${thrown.hint}` };
  }
}
