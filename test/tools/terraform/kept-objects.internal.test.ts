import { expect, test } from 'vitest';
import { keptObjects, otherObjects } from '../../../src/tools/terraform/kept-objects.ts';
import type { PlannedChange, TerraformPlan } from '../../../src/tools/terraform/read-plan.ts';
import { change } from './apply-events.ts';

function planOf(...changes: readonly PlannedChange[]): TerraformPlan {
  return {
    document: {},
    relevant: [],
    isApplyable: true,
    isComplete: true,
    isErrored: false,
    changes,
    drifted: [],
    outputs: [],
    checks: [],
    deferred: [],
  };
}

const withId = (id: string): Partial<PlannedChange> => ({ before: { id, size: 1 } });

test('[TERRAFORM-31, L7] what is changed in place or moved is to be kept; what is made, replaced or destroyed is not', () => {
  const plan = planOf(
    change('updated', ['update'], withId('i-1')),
    change('moved', ['no-op'], { ...withId('i-2'), previousAddress: 'old' }),
    change('created', ['create']),
    change('replaced', ['delete', 'create'], withId('i-3')),
    change('deleted', ['delete'], withId('i-4')),
    change('untouched', ['no-op'], withId('i-5')),
    change('deposed', ['update'], { ...withId('i-6'), deposed: 'abc' }),
    change('data.read', ['update'], { ...withId('i-7'), mode: 'data' }),
    change('nameless', ['update'], { before: { id: '' } }),
    change('numbered', ['update'], { before: { id: 7 } }),
  );
  expect(keptObjects(plan)).toEqual([
    { address: 'updated', id: 'i-1' },
    { address: 'moved', id: 'i-2' },
  ]);
});

test('[TERRAFORM-31, L7] another object at the same address is named; the same one, and one that is gone, are not', () => {
  const kept = [
    { address: 'same', id: 'i-1' },
    { address: 'o\u202ether', id: 'i-2' },
    { address: 'gone', id: 'i-3' },
    { address: 'created', id: 'i-4' },
    { address: 'deposed', id: 'i-5' },
  ];
  const fresh = planOf(
    change('same', ['no-op'], withId('i-1')),
    change('o\u202ether', ['no-op'], withId('i-9')),
    change('created', ['create']),
    change('deposed', ['delete'], { ...withId('i-9'), deposed: 'abc' }),
  );
  expect(otherObjects(kept, fresh)).toEqual(['o⟨U+202E⟩ther']);
});
