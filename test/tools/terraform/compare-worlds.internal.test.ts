import { expect, test } from 'vitest';
import type { FactDifference, Json } from '../../../src/kernel/index.ts';
import { compareWorlds } from '../../../src/tools/terraform/compare-worlds.ts';
import type { PlannedChange, TerraformPlan } from '../../../src/tools/terraform/read-plan.ts';
import { change } from './apply-events.ts';

type World = {
  readonly changes?: readonly PlannedChange[];
  readonly drifted?: readonly PlannedChange[];
  readonly relevant?: readonly string[];
};

function plan({ changes = [], drifted = [], relevant = [] }: World): TerraformPlan {
  return {
    document: {},
    isApplyable: true,
    isComplete: true,
    isErrored: false,
    changes,
    drifted,
    outputs: [],
    checks: [],
    deferred: [],
    relevant,
  };
}

function object(actions: string, before: Json, more: Partial<PlannedChange> = {}): PlannedChange {
  return change('t.a', actions.split(','), { before, ...more });
}

function compare(sealed: World, fresh: World): readonly string[] {
  return compareWorlds(plan(sealed), plan(fresh)).map(text);
}

function text({ name, sealed, found }: FactDifference): string {
  return `${name.replace('terraform.object ', '')}: ${sealed} | ${found}`;
}

function compareObjects(sealed: PlannedChange, fresh: PlannedChange): readonly string[] {
  return compare({ changes: [sealed] }, { changes: [fresh] });
}

const ONE = { id: 'i-1', size: 1 };
const TWO = { id: 'i-1', size: 2 };

test('[TERRAFORM-18] the same world is no difference, whatever it would become', () => {
  const sealed = object('update', ONE, { after: { id: 'i-1', size: '10:00' } });
  const fresh = object('update', { size: 1, id: 'i-1' }, { after: { id: 'i-1', size: '10:01' }, afterUnknown: true });
  expect(compareObjects(sealed, fresh)).toEqual([]);
  expect(compare({}, {})).toEqual([]);
  const read = change('data.t.a', ['read'], { mode: 'data', before: null });
  expect(compare({ changes: [read] }, {})).toEqual([]);
  expect(compare({}, { changes: [read] })).toEqual([]);
});

test('[TERRAFORM-18, L11] attributes that differ are named and their values are not, ten of them at the most', () => {
  expect(compareObjects(object('update', { ...ONE, key: 'k-1' }), object('update', { ...TWO, key: 'k-2' }))).toEqual([
    't.a: update | changed since: key, size',
  ]);
  expect(compareObjects(object('update', { 'n\u202e': 1 }), object('update', {}))).toEqual([
    't.a: update | changed since: n⟨U+202E⟩',
  ]);
  const many = (count: number): Json => Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, at]));
  expect(compareObjects(object('update', {}), object('update', many(10)))).toEqual([
    't.a: update | changed since: a0, a1, a2, a3, a4, a5, a6, a7, a8, a9',
  ]);
  expect(compareObjects(object('update', {}), object('update', many(12)))).toEqual([
    't.a: update | changed since: a0, a1, a10, a11, a2, a3, a4, a5, a6, a7 and 2 more',
  ]);
  expect(compareObjects(object('update', 'text'), object('update', 'other'))).toEqual([
    't.a: update | changed since: the object',
  ]);
  expect(compareObjects(object('update', '\ud800'), object('update', '\ud800'))).toEqual([]);
});

test('[TERRAFORM-18, L3] another action on the same object is a difference', () => {
  expect(compareObjects(object('update', ONE), object('delete,create', ONE))).toEqual([
    't.a: update | a plan would now replace it',
  ]);
  expect(compareObjects(object('delete,create', ONE), object('create,delete', ONE))).toEqual([
    't.a: replace | a plan would now replace it',
  ]);
  expect(compareObjects(object('update', ONE), object('no-op', TWO))).toEqual([
    't.a: update | changed since: size; a plan would now leave it alone',
  ]);
  expect(compareObjects(object('no-op', ONE), object('update', ONE))).toEqual([
    't.a: no-op | a plan would now update it',
  ]);
  const moved = object('no-op', ONE, { previousAddress: 't.old' });
  expect(compareObjects(moved, object('no-op', ONE))).toEqual(['t.a: move | a plan would now leave it alone']);
});

test('[TERRAFORM-18, L3] what is gone, there already, new or left out is told apart', () => {
  const gone = object('create', null);
  expect(compareObjects(object('update', ONE), gone)).toEqual(['t.a: update | gone; a plan would now create it']);
  expect(compareObjects(gone, object('update', ONE))).toEqual([
    't.a: create | there already; a plan would now update it',
  ]);
  expect(compareObjects(gone, gone)).toEqual([]);
  expect(compare({ changes: [object('delete', ONE)] }, {})).toEqual(['t.a: delete | gone']);
  expect(compare({ changes: [gone] }, {})).toEqual(['t.a: create | a plan would now leave it out']);
  expect(compare({}, { changes: [object('delete', ONE)] })).toEqual(['t.a: undefined | a plan would now delete it']);
});

test('[TERRAFORM-18] an object that is known by its drift alone counts by what stands', () => {
  const changed = object('update', ONE, { after: TWO });
  expect(compare({ drifted: [changed] }, { drifted: [changed] })).toEqual([]);
  expect(compare({ drifted: [changed] }, { drifted: [{ ...changed, after: ONE }] })).toEqual([
    't.a: changed outside of Terraform | changed since: size',
  ]);
  expect(compare({ changes: [object('delete', ONE)] }, { drifted: [object('delete', ONE)] })).toEqual([
    't.a: delete | gone',
  ]);
  expect(compare({}, { drifted: [changed] })).toEqual([
    't.a: undefined | a plan would now find it changed outside of Terraform',
  ]);
  expect(compare({ changes: [object('update', TWO)] }, { drifted: [changed] })).toEqual([
    't.a: update | a plan would now find it changed outside of Terraform',
  ]);
  expect(compare({ drifted: [changed] }, { changes: [object('update', TWO)] })).toEqual([
    't.a: changed outside of Terraform | a plan would now update it',
  ]);
});

test('[TERRAFORM-18] deposed objects are objects of their own, and another import is a difference', () => {
  const deposed = object('delete', ONE, { deposed: 'abc' });
  expect(compare({ changes: [object('no-op', ONE), deposed] }, { changes: [object('no-op', ONE)] })).toEqual([
    't.a (deposed abc): delete | gone',
  ]);
  expect(compareObjects(object('update', ONE, { importId: 'x' }), object('update', ONE, { importId: 'y' }))).toEqual([
    't.a: update | changed since: what is imported',
  ]);
  expect(compareObjects(object('no-op', null, { importId: 'x' }), object('no-op', null, { importId: 'y' }))).toEqual([
    't.a: import | changed since: what is imported',
  ]);
});

test('[TERRAFORM-18] an object that no plan touches counts where the sealed plan draws from it, whatever its key', () => {
  const old = change('t.a["k"]', ['no-op'], { before: ONE });
  const now = change('t.a["k"]', ['no-op'], { before: TWO });
  expect(compareObjects(old, now)).toEqual([]);
  expect(compare({ changes: [old], relevant: ['t.b', 't.a'] }, { changes: [now] })).toEqual([
    't.a["k"]: no-op | changed since: size',
  ]);
  expect(compare({ changes: [old], relevant: ['t.a["other"]'] }, { changes: [now] })).toHaveLength(1);
  expect(compare({ changes: [old] }, { changes: [now], relevant: ['t.a'] })).toEqual([]);
});

test('[TERRAFORM-18] what was moving when it was sealed may go on, as long as no plan changes it', () => {
  const at = (time: number, more: Partial<PlannedChange> = {}): PlannedChange =>
    object('update', { size: 1, time }, { after: { size: 2, time }, ...more });
  const moving = (time: number): PlannedChange => object('update', { size: 1, time: 0 }, { after: { size: 1, time } });
  const sealed = { changes: [at(1)], drifted: [moving(1)] };
  expect(compare(sealed, { changes: [at(2)], drifted: [moving(2)] })).toEqual([]);
  const named = ['t.a: update | changed since: time'];
  expect(compare({ changes: [at(1)] }, { changes: [at(2)], drifted: [moving(2)] })).toEqual(named);
  expect(compare(sealed, { changes: [at(2, { after: { size: 2, time: 9 } })] })).toEqual(named);
  expect(compare(sealed, { changes: [at(2, { afterUnknown: { time: true } })] })).toEqual(named);
  expect(compare(sealed, { changes: [at(2, { afterUnknown: { time: false, size: true } })] })).toEqual([]);
  const planned = { changes: [at(1, { after: { size: 2, time: 9 } })], drifted: [moving(1)] };
  expect(compare(planned, { changes: [at(2)] })).toEqual(named);
  const destroyed = { changes: [object('delete', { size: 1, time: 1 })], drifted: [moving(1)] };
  expect(compare(destroyed, { changes: [object('delete', { size: 1, time: 2 })] })).toEqual([
    't.a: delete | changed since: time',
  ]);
});
