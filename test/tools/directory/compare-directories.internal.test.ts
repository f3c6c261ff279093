import { expect, test } from 'vitest';
import { compareDirectories } from '../../../src/tools/directory/compare-directories.ts';
import type { SealedEntry } from '../../../src/tools/directory/sealed-directory.ts';

const file = (path: string, digest = 'a', isExecutable = false): SealedEntry => ({
  kind: 'file',
  path,
  digest,
  sizeBytes: 1,
  isExecutable,
});
const directory = (path: string): SealedEntry => ({ kind: 'directory', path });
const link = (path: string, linksTo: string): SealedEntry => ({ kind: 'link', path, linksTo });

const said = (sealed: readonly SealedEntry[], found: readonly SealedEntry[]): readonly string[] =>
  compareDirectories(sealed, found).map(({ path, change }) => `${path} ${change}`);

test('[EXECUTE-05, L3] every file that changed, appeared or went is named, and no other', () => {
  const sealed = [file('main.tf'), file('old.tf'), file('same.tf'), file('step.sh', 'a', true), link('l', 'main.tf')];
  const found = [file('main.tf', 'b'), file('new.tf'), file('same.tf'), file('step.sh'), link('l', 'same.tf')];
  expect(said(sealed, found)).toEqual([
    'l changed',
    'main.tf changed',
    'new.tf appeared',
    'old.tf gone',
    'step.sh changed',
  ]);
  expect(said(sealed, sealed)).toEqual([]);
});

test('[EXECUTE-05, L3] a directory is named only where nothing in it can be', () => {
  const added = [directory('empty'), directory('m'), directory('m/n'), file('m/n/a.tf')];
  expect(said([], added)).toEqual(['empty appeared', 'm/n/a.tf appeared']);
  expect(said(added, [])).toEqual(['empty gone', 'm/n/a.tf gone']);
  expect(said([directory('m')], [file('m')])).toEqual(['m changed']);
});

test('[EXECUTE-05, CLI-04] names are shown with nothing hidden in them, and long ones by their end', () => {
  expect(said([], [file('a\u202eb\n')])).toEqual(['a⟨U+202E⟩b⟨U+000A⟩ appeared']);
  const long = `${'d'.repeat(300)}/main.tf`;
  const [only] = compareDirectories([], [file(long)]);
  expect(only?.path).toBe(`…${long.slice(-199)}`);
  expect(compareDirectories([], [file('e'.repeat(200))])[0]?.path).toBe('e'.repeat(200));
});
