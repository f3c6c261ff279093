import { expect, test } from 'vitest';
import {
  countChanges,
  digestJson,
  type Preview,
  type PreviewAction,
  type ResourceChange,
} from '../../../../src/kernel/index.ts';
import { renderPreview, type SealedState } from '../../../../src/loop/approve/index.ts';
import { openProposal, sha256 } from '../../../support/approved-world.ts';
import { PLACES, policy } from '../../../support/policy-questions.ts';

const OPEN = openProposal(policy(PLACES));
const OPTIONS = {
  widthColumns: 100,
  mostTextLines: 50,
  sealed: { place: [], programs: [] },
  evidence: [],
  targetNotes: [],
};

function changed(address: string, action: PreviewAction, paths: readonly string[] = []): ResourceChange {
  const attributes = paths.map((path) => ({
    path,
    before: 1,
    after: 2,
    isUnknownAfter: false,
    isSensitive: false,
    forcesReplacement: path.startsWith('f'),
  }));
  return { address, action, attributes };
}

function many(count: number, address: (index: number) => string, action: PreviewAction): readonly ResourceChange[] {
  return Array.from({ length: count }, (_, index) => changed(address(index), action, ['v']));
}

function rendered(more: Partial<Preview>): readonly string[] {
  const resources = more.resources ?? [];
  const preview: Preview = {
    schema: 'countersign.preview/1',
    driver: 'terraform',
    counts: countChanges(resources),
    resources,
    unpredictable: [],
    text: '',
    notes: [],
    ...more,
  };
  // Only the digest is another one, so that it stays the state that it was.
  const state = { ...OPEN, previewDigest: digestJson(sha256, preview) } as SealedState;
  return renderPreview(state, preview, OPTIONS).trimEnd().split('\n');
}

function changesOf(resources: readonly ResourceChange[]): readonly string[] {
  const lines = rendered({ resources });
  return lines.slice(lines.indexOf('CHANGES, what destroys first') + 1);
}

test('[APPROVE-34, APPROVE-11] a hundred changes are shown whole; one more, and only what destroys is named', () => {
  const hundred = [
    changed('t.d', 'delete', ['v']),
    changed('t.r', 'replace', ['forces', 'v', 'f2', 'f3', 'f4']),
    ...many(98, (index) => `t.c[${index}]`, 'create'),
  ];
  expect(changesOf(hundred)).toHaveLength(2 + 1 + 5 + 98 * 2);
  expect(changesOf([...hundred, changed('t.u', 'update', ['v'])])).toEqual([
    '  -   DELETE    t.d',
    '  -/+ REPLACE   t.r',
    '                  forces: 1 => 2  (forces replacement)',
    '                  f2: 1 => 2  (forces replacement)',
    '                  f3: 1 => 2  (forces replacement)',
    '  +   create    98 of t',
    '  ~   update    1 of t',
    '  99 of 101 are only counted here',
    '  every one of them with its attributes: countersign show p1 --json',
  ]);
});

test('[APPROVE-34] what is made or changed is counted by action, type and module, whatever keys the addresses have', () => {
  const lines = changesOf([
    ...many(60, (index) => `module.net["a.b[${index}]\\""].module.sub[0].aws_subnet.s["x.y"]`, 'create'),
    ...many(40, (index) => `aws_subnet.s[${index}]`, 'create'),
    ...many(3, (index) => `data.aws_ami.a[${index}]`, 'read'),
    ...many(2, (index) => `table t${index}`, 'update'),
  ]);
  expect(lines).toEqual([
    '  +   create    60 of aws_subnet in module.net.module.sub',
    '  +   create    40 of aws_subnet',
    '  .   read      3 of data.aws_ami',
    '  ~   update    2 of table',
    '  105 of 105 are only counted here',
    '  every one of them with its attributes: countersign show p1 --json',
  ]);
});

test('[APPROVE-34] beyond 500 that destroy or run, and beyond 100 groups, the rest is counted', () => {
  const lines = changesOf([
    ...many(501, (index) => `t.d[${index}]`, 'delete'),
    ...many(2, (index) => `r.r[${index}]`, 'run'),
    ...many(110, (index) => `u${index}.x`, 'update'),
  ]);
  expect(lines.slice(0, 2)).toEqual(['  -   DELETE    t.d[0]', '  -   DELETE    t.d[1]']);
  expect(lines[499]).toBe('  -   DELETE    t.d[499]');
  expect(lines.slice(500, 503)).toEqual([
    '  -   DELETE    1 of t',
    '  !   run       2 of r',
    '  ~   update    1 of u0',
  ]);
  expect(lines.slice(-3)).toEqual([
    '  12 more in 12 other groups',
    '  113 of 613 are only counted here',
    '  every one of them with its attributes: countersign show p1 --json',
  ]);
  expect(lines).toHaveLength(500 + 100 + 3);
  const all = changesOf(many(101, (index) => `t.d[${index}]`, 'delete'));
  expect(all).toHaveLength(102);
  expect(all.join('\n')).not.toContain('only counted');
});

test('[APPROVE-34] one resource takes sixty lines at most, and says how many are left', () => {
  const paths = Array.from({ length: 80 }, (_, index) => `v${index}`);
  const lines = changesOf([changed('t.big', 'update', paths), changed('t.next', 'update')]);
  expect(lines[59]).toBe('                  v58: 1 => 2');
  expect(lines.slice(60)).toEqual(['  21 more lines of it: countersign show p1 --json', '  ~   update    t.next']);
  expect(changesOf([changed('t.big', 'update', paths.slice(0, 59))])).toHaveLength(60);
});

test('[APPROVE-34] thirty notes stand at the top, and the others are counted', () => {
  const notes = Array.from({ length: 33 }, (_, index) => `note ${index}`);
  const lines = rendered({ notes });
  const last = lines.findIndex((line) => line.endsWith('note 29'));
  expect(lines.slice(last, last + 3)).toEqual([
    '            note 29',
    '            3 more notes: countersign show p1 --json',
    expect.stringMatching(/^WHO/),
  ]);
  expect(rendered({ notes: notes.slice(0, 30) }).join('\n')).not.toContain('more notes');
});
