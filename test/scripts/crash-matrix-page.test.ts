/** The page for people says what the tests hold, and nothing else. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crashMatrixPage } from '../../scripts/crash-matrix-page.ts';
import { CRASH_ROWS } from '../real/crash-matrix/crash-rows.ts';
import { faults } from '../real/crash-matrix/fault-names.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/crash-matrix.md'), 'utf8');

test('[TERRAFORM-30] the published matrix is that of the tests; `node scripts/make-crash-matrix.ts` writes it anew', () => {
  expect(PAGE).toBe(crashMatrixPage());
});

test('[TERRAFORM-30, L9] every fault is played on every backend, or the page says why not', () => {
  for (const { name, not } of faults()) {
    for (const kind of ['local', 'pg', 'http'] as const) {
      expect([name, kind, CRASH_ROWS[kind][name] === undefined]).toEqual([name, kind, not?.[kind] !== undefined]);
    }
  }
});

test('[TERRAFORM-30, L6, L7] no row says better than the truth: what is confirmed stands, what is held has a way back', () => {
  for (const cells of Object.values(CRASH_ROWS)) {
    for (const cell of Object.values(cells)) {
      if (cell.outcome === 'completed' || cell.verdict === 'confirmed') expect(cell.truth).toHaveLength(3);
      expect(cell.ways.length > 0).toBe(cell.state === 'held');
    }
  }
});
