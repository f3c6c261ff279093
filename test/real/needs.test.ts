import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Runs one throw-away test file through `scripts/test.ts` on a machine without any program on its PATH. */
function runAlone(source: string, environment: Readonly<Record<string, string>>): { code: number; text: string } {
  const directory = mkdtempSync(join(root, 'test/real/tmp-'));
  try {
    writeFileSync(join(directory, 'alone.test.ts'), source);
    const ended = spawnSync(process.execPath, ['scripts/test.ts', directory], {
      cwd: root,
      env: { PATH: '/nonexistent', HOME: directory, NO_COLOR: '1', ...environment },
      encoding: 'utf8',
    });
    return { code: ended.status ?? -1, text: ended.stderr + ended.stdout };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const NEEDY = `import { expect, test } from 'vitest';
import { needs } from '../needs.ts';
test('[L9] runs anywhere', () => { expect(1 + 1).toBe(2); });
needs('terraform')('[L9] one', () => {});
needs('terraform').each([1, 2])('[L9] two', () => {});`;

test('[L9, HOUSE-01] a missing real component is a skip that is counted and says what is missing', () => {
  const run = runAlone(NEEDY, {});
  expect(run.text).toContain('SKIPPED: needs terraform (not on PATH; it must come with the machine) (2 tests)');
  expect(run.text.trimEnd()).toMatch(/\n1 passed, 0 failed, 2 skipped$/);
  expect(run.code).toBe(0);
});

test('[L9, HOUSE-01] where real components are demanded a missing one fails the run', () => {
  const run = runAlone(NEEDY, { COUNTERSIGN_REQUIRE_REAL: '1' });
  expect(run.text).toContain('COUNTERSIGN_REQUIRE_REAL=1, and this machine lacks what the test needs terraform');
  expect(run.text.trimEnd()).toMatch(/\n0 passed, 1 failed, 0 skipped$/);
  expect(run.code).toBe(1);
});

test('[L9, HOUSE-01] where real components are demanded any other skip fails the run too', () => {
  const source = `import { expect, test } from 'vitest';
test('[L9] runs', () => { expect(1 + 1).toBe(2); });
test.skip('[L9] forgotten', () => {});`;
  const run = runAlone(source, { COUNTERSIGN_REQUIRE_REAL: '1' });
  expect(run.text).toContain('SKIPPED: no reason given (1 tests)');
  expect(run.text.trimEnd()).toMatch(/\n1 passed, 0 failed, 1 skipped$/);
  expect(run.code).toBe(1);
});

test('[L9, HOUSE-02] a run without any test has failed', () => {
  const run = runAlone('export const nothing = 1;', {});
  expect(run.code).toBe(1);
  expect(run.text.trimEnd()).toMatch(/\n0 passed, [1-9]\d* failed, 0 skipped$/);
});

test('[L9, HOUSE-02] a failing test fails the run', () => {
  const run = runAlone(`import { expect, test } from 'vitest'; test('[L9] x', () => { expect(1).toBe(2); });`, {});
  expect(run.text.trimEnd()).toMatch(/\n0 passed, 1 failed, 0 skipped$/);
  expect(run.code).toBe(1);
});
