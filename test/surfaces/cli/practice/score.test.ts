import { expect, test } from 'vitest';
import type { Row } from '../../../../src/surfaces/cli/practice/act.ts';
import { renderScore, scoreExit } from '../../../../src/surfaces/cli/practice/score.ts';
import { paintFor } from '../../../../src/surfaces/cli/terminal.ts';

const row = (end: Row['end']): Row => ({ act: 'Act 1', what: 'the change', expected: 'closed', got: 'held', end });

test('[RANGE-01] only a table in which something was judged and all was as expected ends with 0', () => {
  expect(scoreExit([row('as-expected')])).toBe(0);
  expect(scoreExit([row('as-expected'), row('skipped')])).toBe(0);
  expect(scoreExit([])).toBe(1);
  expect(scoreExit([row('skipped')])).toBe(1);
  expect(scoreExit([row('as-expected'), row('different')])).toBe(1);
  expect(scoreExit([row('as-expected'), row('not-reached')])).toBe(1);
});

test('[RANGE-01, RANGE-07] the table has a line for each, and every difference is named with both sides', () => {
  expect(renderScore([row('as-expected'), row('different'), row('skipped'), row('not-reached')], paintFor(false))).toBe(
    [
      'as expected  Act 1  the change  held',
      'DIFFERENT    Act 1  the change  held',
      'skipped      Act 1  the change  held',
      'not reached  Act 1  the change  held',
      'the change: expected closed; got held',
    ].join('\n'),
  );
});
