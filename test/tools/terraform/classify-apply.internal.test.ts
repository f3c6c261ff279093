import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '../../../src/kernel/index.ts';
import type { ApplyObservation } from '../../../src/tools/terraform/apply-observation.ts';
import { readApplyStream } from '../../../src/tools/terraform/apply-stream.ts';
import { classifyApply } from '../../../src/tools/terraform/classify-apply.ts';
import type { PlannedChange } from '../../../src/tools/terraform/read-plan.ts';
import type { StateReading } from '../../../src/tools/terraform/read-state.ts';
import { bytes, change, completed, diagnostic, errored, started, summary, whole } from './apply-events.ts';

const PLANNED: readonly PlannedChange[] = [change('a', ['create']), change('b', ['create'])];
const BEFORE = { lineage: 'one', serial: 3 };

function state(
  addresses: readonly string[],
  more: Partial<Extract<StateReading, { kind: 'read' }>> = {},
): StateReading {
  const instances = addresses.map((address) => ({
    address: address.replace('!', ''),
    isTainted: address.endsWith('!'),
    isDeposed: false,
    id: `${address.replace('!', '')}-in-state`,
  }));
  return { kind: 'read', lineage: 'one', serial: 5, instances, ...more };
}

function classify(lines: readonly string[], more: Partial<ApplyObservation> = {}): Outcome {
  return classifyApply({
    end: { kind: 'exited', code: 0 },
    stream: readApplyStream(bytes(...lines), (text) => text),
    planned: PLANNED,
    before: BEFORE,
    after: state(['a', 'b']),
    hasErroredState: false,
    survivors: 0,
    ...more,
  });
}

const failed = { kind: 'exited', code: 1 } as const;
const statuses = (outcome: Outcome): readonly string[] => outcome.resources.map(({ status }) => status);
const DONE = [whole('a'), whole('b'), summary(2)];

test('[TERRAFORM-02, L6] completed: every planned change complete, counts and state agree', () => {
  const outcome = classify(DONE);
  expect(outcome).toEqual({
    kind: 'completed',
    resources: [
      { address: 'a', action: 'create', status: 'done', id: 'id-1' },
      { address: 'b', action: 'create', status: 'done', id: 'id-1' },
    ],
    end: { kind: 'exited', code: 0 },
    because: ['every planned change was made, and counts and state agree'],
    evidence: [],
  });
});

type Row = readonly [string, readonly string[], Partial<ApplyObservation>, string];

const INDETERMINATE: readonly Row[] = [
  ['nobody saw the end', DONE, { end: { kind: 'lost' } }, 'nobody saw Terraform end'],
  ['it was killed', DONE, { end: { kind: 'signalled', signal: 'SIGKILL' } }, 'Terraform was killed by SIGKILL'],
  ['something of it still runs', DONE, { survivors: 2 }, '2 of its processes went on when Terraform had ended'],
  ['noise among the events', [...DONE, 'panic\n'], {}, '1 lines of its output are no events, first: panic'],
  ['no summary at the end', [whole('a'), whole('b')], {}, 'its event stream stops without saying how it ended'],
  ['only the plan’s summary', [whole('a'), whole('b'), summary(2, 0, 0, 0, 'plan')], {}, 'its event stream stops'],
  [
    'an error end without an error',
    [whole('a'), started('b'), errored('b')],
    { end: failed },
    'its event stream stops',
  ],
  [
    'a warning is no error',
    [started('a'), errored('a'), diagnostic('w', 'a', 'warning')],
    { end: failed },
    'its event stream stops',
  ],
  ['a start without an end', [started('a'), whole('b'), diagnostic('x')], { end: failed }, 'a began and never ended'],
  ['a start without an end, rc 0', [started('a'), whole('b'), summary(2)], {}, 'a began and never ended'],
  ['an end without a start', [completed('a'), whole('b'), summary(2)], {}, 'a ended and never began'],
  ['errored.tfstate', DONE, { hasErroredState: true }, 'errored.tfstate is the only copy'],
  [
    'an unreadable state',
    DONE,
    { after: { kind: 'unreadable', why: 'torn' } },
    'the state afterwards can not be read: torn',
  ],
  ['a state that is gone', DONE, { after: { kind: 'absent' } }, 'the state is gone'],
  ['another state', DONE, { after: state(['a', 'b'], { lineage: 'two' }) }, 'its lineage changed'],
  ['no plan to compare with', DONE, { planned: undefined }, 'the sealed plan can not be read any more'],
  ['a change beside the plan', [...DONE, whole('c')], {}, 'c was changed though the plan did not speak of it'],
  ['other counts', [whole('a'), whole('b'), summary(3)], {}, '2 to add were planned, Terraform counts 3'],
  ['a made resource that is not in the state', DONE, { after: state(['a']) }, 'b is not in the state'],
  [
    'everything that began errored',
    [started('a'), errored('a'), diagnostic('x', 'a')],
    { end: failed },
    'does not prove that nothing was changed',
  ],
  ['nothing began and the state changed', [diagnostic('x')], { end: failed }, 'yet the state is not as it was'],
  ['nothing done and rc 0', [summary(2)], {}, 'a was not done'],
];

test.each(INDETERMINATE)('[TERRAFORM-02, L6] indeterminate: %s', (_what, lines, more, reason) => {
  const outcome = classify(lines, more);
  expect(outcome.kind).toBe('indeterminate');
  expect(outcome.because.join('\n')).toContain(reason);
});

test('[TERRAFORM-02, L6] no effect: it did not start, or ended with an error before anything began', () => {
  expect(
    classify([], { end: { kind: 'not-started', why: 'ENOENT' }, after: { kind: 'unreadable', why: 'x' } }),
  ).toMatchObject({
    kind: 'no-effect',
    because: ['Terraform did not start: ENOENT'],
    resources: [{ status: 'not-attempted' }, { status: 'not-attempted' }],
  });
  const early = classify([diagnostic('Saved plan is stale')], { end: failed, after: state([], { serial: 3 }) });
  expect(early.kind).toBe('no-effect');
  expect(early.because).toEqual([
    'Terraform ended with 1: Saved plan is stale (main.tf:3:5)',
    'no change had begun and the state is as it was',
  ]);
  const none = { before: { lineage: '', serial: 0 }, after: { kind: 'absent' } } as const;
  expect(classify([diagnostic('x')], { end: failed, ...none }).kind).toBe('no-effect');
});

test('[TERRAFORM-02, TERRAFORM-03, L6] a second signal: whatever was written after it was written by chance', () => {
  const lines = [whole('a'), started('b'), errored('b'), diagnostic('operation canceled')];
  expect(classify(lines, { end: failed, after: state(['a']) })).toMatchObject({
    kind: 'indeterminate',
    because: ['Terraform was made to leave before what it had begun had ended, and says that data may be lost'],
  });
});

test('[TERRAFORM-02, TERRAFORM-03, L6] an error, and a state that does not know what was made: nobody can tell', () => {
  const lines = [whole('a'), started('b'), errored('b'), diagnostic('quota')];
  expect(classify(lines, { end: failed, after: state([]) })).toMatchObject({
    kind: 'indeterminate',
    because: ['Terraform ended with 1: quota (main.tf:3:5)', 'a is not in the state'],
  });
  const gone = [whole('a', 'delete'), started('b'), errored('b'), diagnostic('quota')];
  const planned = [change('a', ['delete']), change('b', ['create'])];
  expect(classify(gone, { end: failed, planned, after: state(['a']) })).toMatchObject({
    kind: 'indeterminate',
    because: ['Terraform ended with 1: quota (main.tf:3:5)', 'a is still in the state'],
  });
  // What shows in no stream is told by the state, and only where it is a contradiction to what was said.
  const moved = change('m', ['no-op'], { previousAddress: 'old' });
  expect(classify(lines, { end: failed, planned: [...PLANNED, moved], after: state(['a']) }).kind).toBe('partial');
});

test('[TERRAFORM-02, TERRAFORM-03] partial: something is done or tainted, something is not', () => {
  const half = classify([whole('a'), started('b'), errored('b'), diagnostic('quota', 'b')], {
    end: failed,
    after: state(['a']),
  });
  expect(half.kind).toBe('partial');
  expect(half.because).toEqual([
    'Terraform ended with 1: quota (main.tf:3:5)',
    'begun and failed, which does not prove that nothing was made: b',
  ]);
  expect(half.resources[1]).toEqual({
    address: 'b',
    action: 'create',
    status: 'unknown',
    detail: 'quota (main.tf:3:5): a detail',
  });
  const tainted = classify([started('a'), errored('a'), diagnostic('x', 'a')], { end: failed, after: state(['a!']) });
  expect(tainted.kind).toBe('partial');
  expect(statuses(tainted)).toEqual(['tainted', 'not-attempted']);
  expect(tainted.because).toEqual([
    'Terraform ended with 1: x (main.tf:3:5)',
    'made and left broken (tainted): a',
    'not begun: b',
  ]);
  // No event names an object that failed after it was made; the state does.
  expect(tainted.resources.map(({ id }) => id)).toEqual(['a-in-state', undefined]);
  const odd = classify([whole('a'), summary(2)], { after: state(['a']) });
  expect(odd.kind).toBe('partial');
  expect(odd.because).toEqual(['Terraform ended with 0, and yet:', 'not begun: b']);
  const afterwards = classify([whole('a'), whole('b'), diagnostic('Resource postcondition failed')], { end: failed });
  expect(afterwards).toMatchObject({
    kind: 'partial',
    because: [expect.any(String), 'every planned change was made before the error'],
  });
});

test('[TERRAFORM-03] a taint of an address that this run never began is not this run’s', () => {
  const old = classify([whole('a'), diagnostic('x')], { end: failed, after: state(['a', 'b!']) });
  expect(statuses(old)).toEqual(['done', 'not-attempted']);
});

test('[TERRAFORM-03] an error that names a resource which never began is that resource’s own', () => {
  const outcome = classify([whole('a'), diagnostic('precondition failed', 'b')], { end: failed, after: state(['a']) });
  expect(statuses(outcome)).toEqual(['done', 'errored']);
});

test('[TERRAFORM-03] after noise or a lost end nobody says "not attempted"', () => {
  expect(statuses(classify([whole('a'), 'noise\n'], { end: failed }))).toEqual(['done', 'unknown']);
  expect(statuses(classify([whole('a')], { end: { kind: 'lost' } }))).toEqual(['done', 'unknown']);
  expect(statuses(classify([whole('a')], { end: { kind: 'signalled', signal: 'SIGKILL' } }))).toEqual([
    'done',
    'not-attempted',
  ]);
});

test('[TERRAFORM-03] what began and never ended is unknown, in the middle of a replacement too', () => {
  const end = { kind: 'signalled', signal: 'SIGKILL' } as const;
  expect(statuses(classify([whole('a'), started('b')], { end }))).toEqual(['done', 'unknown']);
  const planned = [change('a', ['delete', 'create'])];
  const [row] = classify([whole('a', 'delete'), started('a')], { planned, end }).resources;
  expect(row).toEqual({
    address: 'a',
    action: 'replace',
    status: 'unknown',
    detail: 'delete was done, create was not',
  });
});

test('[TERRAFORM-03] a replacement is done when both of its halves are', () => {
  const planned = [change('a', ['delete', 'create']), change('b', ['create', 'delete'])];
  const both = [whole('a', 'delete'), whole('a'), whole('b'), whole('b', 'delete'), summary(2, 0, 2)];
  expect(classify(both, { planned }).kind).toBe('completed');
  const half = classify([whole('a', 'delete'), diagnostic('x')], { planned, end: failed, after: state(['b']) });
  expect(half.kind).toBe('partial');
  expect(half.resources[0]).toMatchObject({
    action: 'replace',
    status: 'errored',
    detail: 'delete was done, create was not',
  });
});

test('[TERRAFORM-03] deletions must be gone from the state, and reads and no-ops need not be in it', () => {
  const planned = [change('a', ['delete']), change('d', ['read'], { mode: 'data' }), change('n', ['no-op'])];
  const lines = [whole('a', 'delete'), whole('d', 'read'), summary(0, 0, 1)];
  expect(classify(lines, { planned, after: state([]) }).kind).toBe('completed');
  const kept = classify(lines, { planned, after: state(['a']) });
  expect(kept.kind).toBe('indeterminate');
  expect(kept.because).toEqual(['a is still in the state']);
  expect(statuses(kept)).toEqual(['unknown', 'done']);
});

test('[TERRAFORM-03] moves, imports and forgettings leave no events: the state tells', () => {
  const planned = [
    change('new', ['no-op'], { previousAddress: 'old' }),
    change('imp', ['no-op'], { importId: 'x' }),
    change('gone', ['forget']),
  ];
  const outcome = classify([summary(0, 0, 0, 1)], { planned, after: state(['new', 'imp']) });
  expect(outcome.kind).toBe('completed');
  expect(outcome.resources.map(({ action, status }) => [action, status])).toEqual([
    ['move', 'done'],
    ['import', 'done'],
    ['forget', 'done'],
  ]);
  const killed = classify([], {
    planned,
    end: { kind: 'signalled', signal: 'SIGKILL' },
    after: state(['old', 'gone']),
  });
  expect(statuses(killed)).toEqual(['not-attempted', 'not-attempted', 'not-attempted']);
  const lostState = classify([summary(0, 0, 0, 1)], { planned, hasErroredState: true });
  expect(statuses(lostState)).toEqual(['unknown', 'unknown', 'unknown']);
});

test('[TERRAFORM-03] a left-behind object is told from the living one', () => {
  const planned = [change('a', ['delete'], { deposed: 'cafe1234' }), change('a', ['update'])];
  const outcome = classify([whole('a', 'delete'), whole('a', 'update'), summary(0, 1, 1)], {
    planned,
    after: state(['a']),
  });
  expect(outcome.kind).toBe('completed');
  expect(outcome.resources.map(({ address, status }) => [address, status])).toEqual([
    ['a (deposed cafe1234)', 'done'],
    ['a', 'done'],
  ]);
});

test('[TERRAFORM-03, L12] what was changed beside the plan has a row, and no text hides anything', () => {
  const outcome = classify([...DONE, whole('c\u202e')]);
  expect(outcome.resources[2]).toEqual({
    address: 'c⟨U+202E⟩',
    action: 'unplanned',
    status: 'unknown',
    detail: 'the plan did not speak of it',
  });
  const loud = classify([whole('a'), started('b'), errored('b'), diagnostic(`x\u001b[2J\n${'y'.repeat(500)}`, 'b')], {
    end: failed,
  });
  expect(loud.resources[1]?.detail).toMatch(/^x⟨U\+001B⟩\[2J y{200,}/);
  expect(loud.because[0]).toContain('⟨U+001B⟩[2J⟨U+000A⟩y');
});

const event = fc.constantFrom(
  started('a'),
  completed('a'),
  errored('a'),
  started('b'),
  completed('b'),
  errored('b'),
  diagnostic('x', 'a'),
  summary(2),
  'noise\n',
);
const end = fc.constantFrom<ApplyObservation['end']>(
  { kind: 'exited', code: 0 },
  failed,
  { kind: 'signalled', signal: 'SIGTERM' },
  { kind: 'lost' },
);
const after = fc.constantFrom<StateReading>(
  state(['a', 'b']),
  state(['a!']),
  state([], { serial: 3 }),
  { kind: 'absent' },
  { kind: 'unreadable', why: 'x' },
);

test('[TERRAFORM-02, TERRAFORM-03, L6] no stream and no end is ever called better than it is', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 9 }),
      end,
      after,
      fc.boolean(),
      fc.nat(1),
      (lines, how, reading, errors, survivors) => {
        const outcome = classify(lines, { end: how, after: reading, hasErroredState: errors, survivors });
        seen.add(outcome.kind);
        const text = lines.join('');
        expect(outcome.resources).toHaveLength(2);
        if (outcome.kind === 'completed') {
          expect(how).toEqual({ kind: 'exited', code: 0 });
          expect(statuses(outcome)).toEqual(['done', 'done']);
          expect(text).toContain('"operation":"apply"');
          expect([errors, survivors, text.includes('noise')]).toEqual([false, 0, false]);
        }
        if (outcome.kind === 'no-effect') {
          expect(text).not.toContain('"apply_start"');
          expect(how).toEqual(failed);
        }
        if (outcome.kind === 'partial') expect(how.kind).toBe('exited');
        if (outcome.kind !== 'completed') expect(outcome.because.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 4000 },
  );
  // The positive twins: the property means nothing for answers that it never saw.
  seen.add(classify(DONE).kind);
  expect([...seen].sort()).toEqual(['completed', 'indeterminate', 'no-effect', 'partial']);
});
