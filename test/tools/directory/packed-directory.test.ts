import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeFiles, sha256 } from '../../../src/adapters/index.ts';
import {
  directoryDigest,
  packDirectory,
  readDirectory,
  type SealedDirectory,
  unpackDirectory,
} from '../../../src/tools/index.ts';

const parts = { files: nodeFiles(), hash: sha256 };
const none = (): boolean => false;
let root = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-directory-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function make(name: string, files: Readonly<Record<string, string>>): string {
  const directory = join(root, name);
  mkdirSync(directory, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

async function pack(directory: string): Promise<{ readonly sealed: SealedDirectory; readonly container: Uint8Array }> {
  const sealed = await readDirectory(parts, directory, none);
  return { sealed, container: await packDirectory(parts, directory, sealed) };
}

async function code(attempt: Promise<unknown>): Promise<unknown> {
  return await attempt.then(
    () => 'nothing was thrown',
    (thrown: unknown) => (thrown instanceof Error && 'code' in thrown ? thrown.code : thrown),
  );
}

/** A container as an attacker would write it: any entries, right digests, right sizes. */
function forged(
  entries: readonly object[],
  contents: readonly string[] = [],
  magic = 'countersign.directory/1\n',
): Uint8Array {
  return new TextEncoder().encode(`${magic}${JSON.stringify({ entries })}\n${contents.join('')}`);
}

function file(path: string, content: string): object {
  return { kind: 'file', path, digest: sha256(content), sizeBytes: Buffer.byteLength(content), isExecutable: false };
}

test('[DIRECTORY-01] names, bytes, execute bits, links and empty directories come out as they went in', async () => {
  const from = make('from', { 'main.tf': 'a', 'modules/net/main.tf': 'b\0c', 'scripts/run.sh': '#!/bin/sh\n' });
  chmodSync(join(from, 'scripts/run.sh'), 0o755);
  mkdirSync(join(from, 'empty'));
  symlinkSync('../main.tf', join(from, 'modules/common.tf'));
  symlinkSync('scripts/run.sh', join(from, 'run'));
  const { sealed, container } = await pack(from);
  const into = make('into', {});
  expect(await unpackDirectory(parts, container, into)).toEqual(sealed);
  expect(await readDirectory(parts, into, none)).toEqual(sealed);
  expect(sealed.entries).toEqual([
    { kind: 'directory', path: 'empty' },
    { kind: 'file', path: 'main.tf', digest: sha256('a'), sizeBytes: 1, isExecutable: false },
    { kind: 'directory', path: 'modules' },
    { kind: 'link', path: 'modules/common.tf', linksTo: '../main.tf' },
    { kind: 'directory', path: 'modules/net' },
    { kind: 'file', path: 'modules/net/main.tf', digest: sha256('b\0c'), sizeBytes: 3, isExecutable: false },
    { kind: 'link', path: 'run', linksTo: 'scripts/run.sh' },
    { kind: 'directory', path: 'scripts' },
    { kind: 'file', path: 'scripts/run.sh', digest: sha256('#!/bin/sh\n'), sizeBytes: 10, isExecutable: true },
  ]);
});

const name = fc.stringMatching(/^[a-z]{1,3}$/);
const tree = fc.dictionary(
  fc.array(name, { minLength: 1, maxLength: 3 }).map((segments) => `${segments.join('/')}.f`),
  fc.string({ maxLength: 40 }),
  { maxKeys: 8 },
);

test('[DIRECTORY-01, DIRECTORY-02] any tree survives the round trip, and the same tree has the same bytes', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(tree, async (files) => {
      round += 1;
      const one = await pack(make(`one-${round}`, files));
      const two = await pack(make(`two-${round}`, files));
      expect(Buffer.from(one.container).equals(Buffer.from(two.container))).toBe(true);
      const into = make(`into-${round}`, {});
      await unpackDirectory(parts, one.container, into);
      expect(await readDirectory(parts, into, none)).toEqual(one.sealed);
      expect(one.sealed.entries.filter((entry) => entry.kind === 'file')).toHaveLength(Object.keys(files).length);
    }),
    { numRuns: 25 },
  );
});

test('[DIRECTORY-02, L3] a byte, a name, an execute bit or a link target makes another digest', async () => {
  const digest = async (change: (directory: string) => void): Promise<string> => {
    const directory = make(`d${readdirSync(root).length}`, { 'a.tf': 'x', 'b/c.sh': 'y' });
    symlinkSync('a.tf', join(directory, 'l'));
    change(directory);
    return directoryDigest(sha256, await readDirectory(parts, directory, none));
  };
  const digests = [
    await digest(() => undefined),
    await digest((directory) => writeFileSync(join(directory, 'a.tf'), 'z')),
    await digest((directory) => chmodSync(join(directory, 'b/c.sh'), 0o755)),
    await digest((directory) => writeFileSync(join(directory, 'new'), '')),
    await digest((directory) => symlinkSync('b', join(directory, 'm'))),
    await digest((directory) => mkdirSync(join(directory, 'd'))),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  expect(await digest(() => undefined)).toBe(digests[0]);
});

const HOSTILE: readonly (readonly [string, Uint8Array])[] = [
  ['climbs', forged([file('../evil', 'x')], ['x'])],
  ['climbs in the middle', forged([{ kind: 'directory', path: 'a' }, file('a/../../evil', 'x')], ['x'])],
  ['is absolute', forged([file('/tmp/evil', 'x')], ['x'])],
  ['holds NUL', forged([file('a\0b', 'x')], ['x'])],
  ['is empty', forged([file('', 'x')], ['x'])],
  ['holds a dot', forged([file('./a', 'x')], ['x'])],
  ['ends with a slash', forged([{ kind: 'directory', path: 'a/' }])],
  ['holds a lone surrogate', forged([file('a\ud800', 'x')], ['x'])],
  ['is too long', forged([file('a'.repeat(4097), 'x')], ['x'])],
  ['stands twice', forged([file('a', 'x'), file('a', 'y')], ['x', 'y'])],
  ['writes through a link', forged([{ kind: 'link', path: 'a', linksTo: 'b' }, file('a/x', 'x')], ['x'])],
  ['writes through a file', forged([file('a', 'x'), file('a/x', 'y')], ['x', 'y'])],
  ['lies in nothing', forged([file('a/x', 'x')], ['x'])],
  ['links absolutely', forged([{ kind: 'link', path: 'a', linksTo: '/etc/passwd' }])],
  ['links above', forged([{ kind: 'link', path: 'a', linksTo: '../x' }])],
  ['links above itself', forged([{ kind: 'link', path: 'a', linksTo: '..' }])],
  [
    'links out by two links',
    forged([
      { kind: 'directory', path: 'd' },
      { kind: 'link', path: 'd/up', linksTo: '..' },
      { kind: 'link', path: 'x', linksTo: 'd/up/..' },
    ]),
  ],
  ['links to nothing', forged([{ kind: 'link', path: 'a', linksTo: '' }])],
  ['links to NUL', forged([{ kind: 'link', path: 'a', linksTo: 'b\0c' }])],
  ['is a device', forged([{ kind: 'device', path: 'a' }])],
  ['has a wrong digest', forged([{ ...file('a', 'x'), digest: sha256('y') }], ['x'])],
  ['has no digest', forged([{ ...file('a', 'x'), digest: 'abc' }], ['x'])],
  ['has a negative size', forged([{ ...file('a', ''), sizeBytes: -1 }])],
  ['has a huge size', forged([{ ...file('a', ''), sizeBytes: 2 ** 40 }])],
  ['is cut off', forged([file('a', 'xyz')], ['xy'])],
  ['is followed by more', forged([file('a', 'x')], ['x', 'more'])],
  ['has another member', forged([{ ...file('a', 'x'), mode: 0o4755 }], ['x'])],
  ['is not JSON', new TextEncoder().encode('countersign.directory/1\n{nope\n')],
  ['has no end of its list', new TextEncoder().encode('countersign.directory/1\n{"entries":[]}')],
  ['is another format', forged([], [], 'countersign.directory/2\n')],
  ['is empty bytes', new Uint8Array()],
];

test.each(HOSTILE)(
  '[DIRECTORY-03, L13] a container that %s is refused, and nothing is written',
  async (_what, container) => {
    const into = make('into', {});
    expect(await code(unpackDirectory(parts, container, into))).toBe('BLOB_CORRUPT');
    expect(readdirSync(into)).toEqual([]);
    expect(readdirSync(root)).toEqual(['into']);
  },
);

test('[DIRECTORY-03, L13] the refusal names the entry and the reason', async () => {
  const into = make('into', {});
  await expect(unpackDirectory(parts, forged([file('a/../b', 'x')], ['x']), into)).rejects.toThrow(
    'the sealed directory can\'t be unpacked: the entry a/../b holds the segment ".."',
  );
  const link = forged([{ kind: 'link', path: 'a', linksTo: 'b/../c' }]);
  await expect(unpackDirectory(parts, link, into)).rejects.toThrow(
    'the entry a climbs after it descended, which may lead outside',
  );
});

test('[DIRECTORY-03] links that stay inside are accepted at every depth', async () => {
  const into = make('into', {});
  const container = forged([
    { kind: 'directory', path: 'a' },
    { kind: 'directory', path: 'a/b' },
    { kind: 'link', path: 'a/b/l', linksTo: '../../x' },
    { kind: 'link', path: 'a/b/m', linksTo: './l' },
    { kind: 'link', path: 'a/up', linksTo: '..' },
  ]);
  await unpackDirectory(parts, container, into);
  expect(readdirSync(join(into, 'a/b'))).toEqual(['l', 'm']);
});

test('[DIRECTORY-03] no flipped byte is taken for the sealed directory', async () => {
  const { container } = await pack(make('from', { 'main.tf': 'resource "x" "y" {}\n', 'b/run.sh': 'exit 0\n' }));
  await fc.assert(
    fc.asyncProperty(fc.nat(container.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const flipped = container.slice();
      flipped[at] = (flipped[at] ?? 0) ^ flip;
      const into = await parts.files.makeTemporary(root, 'into-');
      const outcome = await unpackDirectory(parts, flipped, into).then(
        (sealed) => directoryDigest(sha256, sealed),
        () => 'refused',
      );
      const original = await readDirectory(parts, join(root, 'from'), none);
      expect(outcome).not.toBe(directoryDigest(sha256, original));
    }),
    { numRuns: 200 },
  );
});

test('[DIRECTORY-04, L13] a link that leaves the directory can not be sealed, and is named', async () => {
  const from = make('from', { 'sub/a': 'x' });
  symlinkSync('/etc/hostname', join(from, 'sub/abs'));
  await expect(readDirectory(parts, from, none)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'the link sub/abs points to an absolute path',
    where: `${from}/sub/abs`,
  });
  rmSync(join(from, 'sub/abs'));
  symlinkSync('../../x', join(from, 'sub/up'));
  await expect(readDirectory(parts, from, none)).rejects.toThrow('the link sub/up points outside of the directory');
});

test('[DIRECTORY-04] a file beyond the bound can not be sealed; one at the bound can', async () => {
  const from = make('from', {});
  const bound = 64 * 1024 * 1024;
  writeFileSync(join(from, 'fits'), Buffer.alloc(bound));
  expect((await readDirectory(parts, from, none)).entries).toMatchObject([{ path: 'fits', sizeBytes: bound }]);
  writeFileSync(join(from, 'huge'), Buffer.alloc(bound + 1));
  await expect(readDirectory(parts, from, none)).rejects.toMatchObject({
    code: 'BLOB_TOO_LARGE',
    message: `${from}/huge has ${bound + 1} bytes, at most ${bound} can be sealed in one file`,
  });
});

test('[DIRECTORY-04] bounds hold for the whole directory too', async () => {
  const entry = (path: string, sizeBytes: number): object => ({ kind: 'file', path, sizeBytes, isExecutable: false });
  const fake = (entries: readonly object[]): typeof parts => ({
    ...parts,
    files: { ...parts.files, tree: async () => entries as Awaited<ReturnType<typeof parts.files.tree>> },
  });
  const four = Array.from({ length: 4 }, (_, index) => entry(`f${index}`, 50 * 1024 * 1024));
  await expect(readDirectory(fake(four), '/d', none)).rejects.toThrow(
    '/d has 209715200 bytes, at most 201326592 can be sealed together',
  );
  const many = Array.from({ length: 20_001 }, (_, index) => ({ kind: 'directory', path: `d${index}` }));
  await expect(readDirectory(fake(many), '/d', none)).rejects.toThrow(
    '/d has 20001 entries, at most 20000 can be sealed',
  );
  expect((await readDirectory(fake(many.slice(1)), '/d', none)).entries).toHaveLength(20_000);
});

test('[DIRECTORY-04] a file that changes or vanishes between reading and packing is noticed', async () => {
  const from = make('from', { a: 'before' });
  const sealed = await readDirectory(parts, from, none);
  writeFileSync(join(from, 'a'), 'behind');
  expect(await code(packDirectory(parts, from, sealed))).toBe('CONTENTION');
  rmSync(join(from, 'a'));
  expect(await code(packDirectory(parts, from, sealed))).toBe('CONTENTION');
  const vanishing = { ...parts, files: { ...parts.files, read: async () => undefined } };
  writeFileSync(join(from, 'a'), 'again');
  await expect(readDirectory(vanishing, from, none)).rejects.toThrow('a changed while the directory was being sealed');
});

test('[DIRECTORY-01] what is skipped is not sealed', async () => {
  const from = make('from', { 'main.tf': 'a', '.git/config': 'b' });
  const sealed = await readDirectory(parts, from, (path) => path === '.git');
  expect(sealed.entries.map(({ path }) => path)).toEqual(['main.tf']);
});
