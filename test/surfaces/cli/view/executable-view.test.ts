import { expect, test } from 'vitest';
import type { Standing } from '../../../../src/compose.ts';
import type { ProposalState, Refusal } from '../../../../src/kernel/index.ts';
import { type ExecutableView, executableView } from '../../../../src/surfaces/cli/view/executable-view.ts';
import { HOUR, live, NOW } from '../../../kernel/examples.ts';

const AGAIN = 'countersign withdraw p-1, then propose it again';
const OPEN = live('approve').state;
const APPROVED = live('claim').state;
const REFUSAL: Refusal = {
  kind: 'refused',
  code: 'KEY_NOT_REGISTERED',
  what: 'this approval',
  where: 'p-1',
  why: 'no\u202e key',
  next: 'sign',
};

async function ask(standing: Standing, state: ProposalState = APPROVED, atMs = NOW): Promise<ExecutableView | null> {
  return await executableView({ standing: async () => standing }, state, atMs);
}

test('[CLI-29, L13] every way in which the trust file went on has its own words and its own next step', async () => {
  expect([OPEN.kind, APPROVED.kind]).toEqual(['open', 'approved']);
  expect(await ask({ kind: 'allowed' })).toEqual({ answer: 'yes', why: null, where: [], next: null });
  expect(
    await ask({ kind: 'unmet', answer: { kind: 'other-environment', sealed: 'sandbox', now: 'production' } }),
  ).toEqual({
    answer: 'no',
    why: 'it was sealed for sandbox, and its target is production now',
    where: [],
    next: AGAIN,
  });
  const unnamed = { added: [], removed: [] };
  const other = { kind: 'other-policy', admittedUnder: 'a', now: 'b', rules: unnamed, fallen: [] } as const;
  expect(await ask({ kind: 'unmet', answer: other })).toMatchObject({
    why: 'the policy of this target changed since it was admitted (people, groups, checks or facts that it names)',
    next: AGAIN,
  });
  expect(await ask({ kind: 'unmet', answer: { kind: 'too-few', have: [], need: 2 } })).toEqual({
    answer: 'no',
    why: '0 of 2 approvals count now',
    where: [],
    next: `ask for what is missing: countersign approve p-1 --ssh-key FILE; or ${AGAIN}`,
  });
  expect(await ask({ kind: 'unmet', answer: { kind: 'fallen-approval', refusal: REFUSAL } })).toMatchObject({
    why: 'an approval does not count any more: no⟨U+202E⟩ key',
  });
  expect(await ask({ kind: 'unknown', why: 'gone', next: 'look' })).toEqual({
    answer: 'unknown',
    why: 'gone',
    where: [],
    next: 'look',
  });
});

test('[CLI-29] an open proposal is asked about only what no approval can help; nothing else is asked about at all', async () => {
  const refused: Standing = { kind: 'refused', refusal: REFUSAL };
  expect(await ask(refused, OPEN)).toMatchObject({ answer: 'no', where: ['p-1'], next: AGAIN });
  const environment = { kind: 'other-environment', sealed: 'sandbox', now: 'staging' } as const;
  expect(await ask({ kind: 'unmet', answer: environment }, OPEN)).toMatchObject({ answer: 'no' });
  const waits: readonly Standing[] = [
    { kind: 'allowed' },
    { kind: 'unknown', why: 'gone', next: 'look' },
    { kind: 'unmet', answer: { kind: 'too-few', have: [], need: 1 } },
    { kind: 'unmet', answer: { kind: 'fallen-approval', refusal: REFUSAL } },
  ];
  for (const standing of waits) expect(await ask(standing, OPEN)).toBe(null);
  expect(await ask(refused, live('admit').state)).toBe(null);
  expect(await ask(refused, live('end').state)).toBe(null);
  expect(await ask(refused, APPROVED, NOW + 1000 * HOUR)).toBe(null);
});
