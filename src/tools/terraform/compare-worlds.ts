/**
 * Compares what two plans of one change say of the world: the sealed one, and one that was made right before it runs.
 *
 * Only the side of the world counts, what stands and what would be done to it, and never what it would become: planned values may
 * differ from one plan to the next by the clock or by a data source alone. No value leaves this file, not even as a digest, which
 * would give a short secret away to whoever can guess: differing attributes are named.
 */

import { canonicalJson, type FactDifference, type Json, visibleLine } from '../../kernel/index.ts';
import { mapTexts } from './mask-text.ts';
import { addressOf, previewAction } from './plan-preview.ts';
import type { PlannedChange, TerraformPlan } from './read-plan.ts';
import { isObject } from './sensitive-values.ts';
import { withoutKeys } from './without-keys.ts';

/** One object as a plan found it. */
type Found = {
  readonly change: PlannedChange;
  /** What would be done to it, for people. */
  readonly action: string;
  /** Its attributes as they stand; null when there is no such object. */
  readonly stands: Json;
  /** What had changed outside of Terraform when the plan was made. */
  readonly drift: PlannedChange | undefined;
};

const MOST_NAMES = 10;
const DRIFTED = 'changed outside of Terraform';

/**
 * Names every object that is another one than the sealed plan found, or to which a plan would do something else now.
 *
 * An object that neither plan touches, and that the sealed one draws nothing from, counts by its action alone. So does an attribute
 * that was moving already when the plan was sealed and that neither plan changes: some providers report a new time at every look.
 *
 * @returns one difference an object, by address, without any value; empty when the world is as it was
 */
export function compareWorlds(sealed: TerraformPlan, fresh: TerraformPlan): readonly FactDifference[] {
  const before = worldOf(sealed);
  const now = worldOf(fresh);
  const addresses = [...new Set([...before.keys(), ...now.keys()])].sort();
  const drawnFrom = new Set(sealed.relevant.map(withoutKeys));
  return addresses.flatMap((address) => {
    const old = before.get(address);
    const found = foundText(old, now.get(address), drawnFrom);
    return found === undefined ? [] : [{ name: `terraform.object ${address}`, sealed: old?.action, found }];
  });
}

function worldOf(plan: TerraformPlan): ReadonlyMap<string, Found> {
  const drifted = new Map(plan.drifted.map((change) => [addressOf(change), change]));
  const world = new Map<string, Found>();
  // An object that is in no configuration any more, or that is only refreshed, stands among the drifted alone.
  for (const [address, change] of drifted) {
    world.set(address, { change, action: DRIFTED, stands: change.after, drift: change });
  }
  for (const change of plan.changes) {
    // A data source is read, and nothing is done to it: what follows from its answer shows in the objects.
    if (change.mode === 'data') continue;
    const address = addressOf(change);
    const action = previewAction(change);
    world.set(address, { change, action, stands: change.before, drift: drifted.get(address) });
  }
  return world;
}

/** Says how an object differs; `undefined` when it does not. */
function foundText(old: Found | undefined, now: Found | undefined, drawnFrom: ReadonlySet<string>): string | undefined {
  if (old === undefined) return now === undefined ? undefined : `a plan would now ${verbOf(now)}`;
  if (now === undefined) return old.stands === null ? 'a plan would now leave it out' : 'gone';
  if (old.stands !== null && now.stands === null) return `gone${afterwards(old, now)}`;
  if (old.stands === null && now.stands !== null) return `there already${afterwards(old, now)}`;
  const names = differingNames(old, now, drawnFrom);
  if (names.length === 0) return isSameAction(old, now) ? undefined : `a plan would now ${verbOf(now)}`;
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `changed since: ${names.slice(0, MOST_NAMES).join(', ')}${more}${afterwards(old, now)}`;
}

function afterwards(old: Found, now: Found): string {
  return isSameAction(old, now) || now.action === DRIFTED ? '' : `; a plan would now ${verbOf(now)}`;
}

function verbOf({ action }: Found): string {
  if (action === DRIFTED) return `find it ${DRIFTED}`;
  return action === 'no-op' ? 'leave it alone' : `${action} it`;
}

function isSameAction(old: Found, now: Found): boolean {
  const isSameKind = (old.action === DRIFTED) === (now.action === DRIFTED);
  return isSameKind && old.change.actions.join() === now.change.actions.join() && old.action === now.action;
}

function differingNames(old: Found, now: Found, drawnFrom: ReadonlySet<string>): readonly string[] {
  const isTouched = [old, now].some(({ action }) => action !== 'no-op');
  if (!isTouched && !drawnFrom.has(withoutKeys(old.change.address))) return [];
  const imported = old.change.importId === now.change.importId ? [] : ['what is imported'];
  if (!isObject(old.stands) || !isObject(now.stands)) {
    return isSame(old.stands, now.stands) ? imported : [...imported, 'the object'];
  }
  const names = [...new Set([...Object.keys(old.stands), ...Object.keys(now.stands)])].sort();
  const differing = names.filter((name) => !isSame(member(old.stands, name), member(now.stands, name)));
  return [...imported, ...differing.filter((name) => !isRestless(old, now, name)).map(visibleLine)];
}

/** Tells an attribute that was moving by itself when the plan was sealed, and that no plan changes. */
function isRestless(old: Found, now: Found, name: string): boolean {
  if (old.drift === undefined || old.action === DRIFTED) return false;
  const wasMoving = !isSame(member(old.drift.before, name), member(old.drift.after, name));
  return wasMoving && [old, now].every(({ change }) => leavesAlone(change, name));
}

function leavesAlone({ before, after, afterUnknown }: PlannedChange, name: string): boolean {
  const isKnown = member(afterUnknown, name) === null || member(afterUnknown, name) === false;
  return after !== null && isKnown && isSame(member(before, name), member(after, name));
}

function isSame(left: Json, right: Json): boolean {
  return textOf(left) === textOf(right);
}

function textOf(value: Json): string {
  return canonicalJson(mapTexts(value, (text) => text.toWellFormed()));
}

function member(value: Json, name: string): Json {
  return isObject(value) ? (value[name] ?? null) : null;
}
