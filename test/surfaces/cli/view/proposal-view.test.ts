import { expect, test } from 'vitest';
import { invariant, type Preview } from '../../../../src/kernel/index.ts';
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
  const found = { state, events: [], troubles: [], unchecked: null };
  expect(proposalView({ ...found, preview: PREVIEW }, 0).preview).toEqual(PREVIEW);
  expect(proposalView({ ...found, preview: undefined }, 0).preview).toBe(null);
});
