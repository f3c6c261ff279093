import { expect, test } from 'vitest';
import { Failure } from '../../../../src/kernel/index.ts';
import { ago, duration } from '../../../../src/surfaces/cli/render/duration.ts';
import { principal } from '../../../../src/surfaces/cli/render/principal.ts';
import { table } from '../../../../src/surfaces/cli/render/table.ts';
import { renderFailure, renderRefusal } from '../../../../src/surfaces/cli/render/trouble.ts';
import { paintFor } from '../../../../src/surfaces/cli/terminal.ts';

const PLAIN = paintFor(false);

test.each([
  [0, '0 s'],
  [999, '0 s'],
  [1_000, '1 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [86_400_000 * 3, '3 d'],
  [-61_000, '1 min'],
])('[CLI-03] %d ms reads as %s', (durationMs, text) => {
  expect(duration(durationMs)).toBe(text);
});

test('[CLI-03] times are told from now, past and future', () => {
  expect(ago(1_000, 61_000)).toBe('1 min ago');
  expect(ago(61_000, 1_000)).toBe('in 1 min');
});

test('[CLI-02] an agent is named with the person who runs it', () => {
  expect(principal({ kind: 'agent', name: 'claude-code', person: 'ann', model: 'm', session: 's' })).toBe(
    'agent claude-code (m) run by ann, session s',
  );
  expect(principal({ kind: 'runner', name: 'local', key: 'k' })).toBe('runner local');
  expect(principal({ kind: 'control', name: 'planner' })).toBe('countersign');
  expect(principal({ kind: 'person', name: 'a\u202eb' })).toBe('a⟨U+202E⟩b');
});

test('[CLI-03] columns line up by what is seen, colours not counted', () => {
  expect(
    table(
      [
        ['a', 'x'],
        ['\u001b[31mbbb\u001b[39m', 'y'],
        ['', ''],
      ],
      '  ',
    ),
  ).toEqual(['  a    x', '  \u001b[31mbbb\u001b[39m  y', '']);
});

test('[CLI-06, L13] a refusal says what, where, why, next, and that nothing was done', () => {
  const text = renderRefusal(
    { kind: 'refused', code: 'FOUR_EYES', what: 'this approval', where: 'p-1', why: 'own eyes', next: 'ask bob' },
    PLAIN,
  );
  expect(text).toBe('refused  this approval: own eyes\n  at    p-1\n  next  ask bob\n  FOUR_EYES; nothing was done');
});

test('[CLI-06, L13] a failure says its place and its way out', () => {
  const text = renderFailure(
    new Failure('CONFIG_INVALID', 'no such field "aprovals"', { hint: 'did you mean approvals?', where: 't.yaml:3:5' }),
    PLAIN,
  );
  expect(text).toBe(
    'countersign  no such field "aprovals"\n  at    t.yaml:3:5\n  next  did you mean approvals?\n  CONFIG_INVALID',
  );
});
