import { expect, test } from 'vitest';
import { invariant, type Preview } from '../../../../src/kernel/index.ts';
import type { RecordedEvent } from '../../../../src/record/index.ts';
import { proposalView } from '../../../../src/surfaces/cli/view/proposal-view.ts';
import { live } from '../../../kernel/examples.ts';

const PREVIEW: Preview = {
  schema: 'countersign.preview/1',
  driver: 'argv',
  counts: { destroys: 0, replaces: 0, creates: 0, updates: 0, runs: 0, others: 0 },
  resources: [],
  unpredictable: [],
  text: Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n'),
  notes: ['read this'],
};

test('[CLI-11] the whole sealed preview is in the document that `approve` points to', () => {
  const { state } = live('seal');
  invariant(state.kind !== 'absent', 'a sealed proposal is known');
  const found = { state, events: [], troubles: [], evidence: null, unchecked: null, executable: null, waitsFor: [] };
  expect(proposalView({ ...found, preview: PREVIEW }, 0).preview).toEqual(PREVIEW);
  expect(proposalView({ ...found, preview: undefined }, 0).preview).toBe(null);
});

test('[CLI-16, CLI-37, L2] a review of broken glass that its reviewer did not sign is none: one is still owed', () => {
  const { state } = live('claim');
  invariant(state.kind === 'approved', 'before a claim it is approved');
  const event: RecordedEvent = {
    schema: 'countersign.event/1',
    seq: 9,
    stream: `proposal:${state.proposal}`,
    streamPrev: 8,
    atMs: 1,
    actor: { kind: 'person', name: 'ben' },
    body: { type: 'glass-reviewed', by: 'ben', note: 'fine' },
    prev: 'a'.repeat(64),
    hash: 'b'.repeat(64),
  };
  const found = {
    state: { ...state, glass: { kind: 'reviewed', by: 'ann', reason: 'it is down', reviewer: 'ben' } } as const,
    events: [event],
    troubles: [],
    preview: undefined,
    evidence: null,
    unchecked: null,
    executable: null,
    waitsFor: [],
  };
  expect(proposalView(found, 0).glass).toBe('reviewed');
  const trouble = { kind: 'bad-statement', seq: 9, what: 'it does not hold', disowned: undefined } as const;
  expect(proposalView({ ...found, troubles: [trouble] }, 0).glass).toBe('broken');
  expect(proposalView({ ...found, troubles: [{ ...trouble, disowned: 'forged' }] }, 0)).toMatchObject({
    glass: 'broken',
    trouble: [{ seq: 9, what: 'it does not hold', disowned: 'forged' }],
  });
});
