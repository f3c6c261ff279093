import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openBlobs, openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import {
  type BlobStore,
  type ExportAnswer,
  exportRecord,
  type SignedHead,
  verifyExport,
} from '../../src/record/index.ts';
import { appendProposal } from '../support/events.ts';
import { type Row, rehashed, rewrite, tamper } from '../support/forgery.ts';
import { headAt } from '../support/heads.ts';
import { newSigner } from '../support/keys.ts';
import { afterwards, temporaryDirectory } from '../support/temporary.ts';
import { type LifeBlobs, live, VERIFIER } from '../support/whole-life.ts';

const clock = { ...systemClock(), nowMs: () => 1_700_000_000_000 };

type Lived = { readonly path: string; readonly store: Store; readonly blobs: BlobStore; readonly named: LifeBlobs };

/** p0: 1 and 2; p1, a whole life: 3 to 15; p2: 16 to 18. */
async function lived(): Promise<Lived> {
  const directory = temporaryDirectory();
  const path = join(directory, 'record.db');
  const store = await openSqliteStore({ path, clock, random: systemRandom(), hash: sha256 });
  afterwards(() => store.close());
  const blobs = openBlobs({ directory: join(directory, 'blobs') });
  await appendProposal(store.log, 'p0', ['zero']);
  const named = await live(store.log, blobs, 'p1');
  await appendProposal(store.log, 'p2', ['one', 'two']);
  return { path, store, blobs, named };
}

async function exported(
  { store, blobs }: Lived,
  proposal?: string,
  against?: SignedHead,
  signer = VERIFIER,
): Promise<string[]> {
  const scope = proposal === undefined ? ({ kind: 'everything' } as const) : ({ kind: 'proposal', proposal } as const);
  const text: string[] = [];
  for await (const line of exportRecord({ source: store.source, blobs, hash: sha256, clock, signer, scope, against })) {
    expect(line.endsWith('\n')).toBe(true);
    text.push(line.slice(0, -1));
  }
  return text;
}

async function check(lines: readonly string[], earlier?: SignedHead, keys = [VERIFIER.key]): Promise<ExportAnswer> {
  async function* feed(): AsyncGenerator<string> {
    yield* lines;
  }
  return verifyExport({ lines: feed(), hash: sha256, keys, trust: {}, earlier });
}

function problemOf(answer: ExportAnswer): string {
  return answer.kind !== 'broken'
    ? answer.kind
    : `${answer.problem.kind} at ${answer.problem.seq}: ${answer.problem.what}`;
}

/** Changes the JSON of the lines that a test picks. */
function edit(lines: readonly string[], pick: (line: string) => boolean, change: (json: never) => unknown): string[] {
  return lines.map((line) => (pick(line) ? JSON.stringify(change(JSON.parse(line) as never)) : line));
}

const isSeq =
  (seq: number) =>
  (line: string): boolean =>
    line.includes(`"seq":${seq},`) && line.includes('"kind":"event"');

test('[RECORD-15, L10] an export of everything verifies with nothing but the file and a key', async () => {
  const record = await lived();
  const lines = await exported(record);
  const answer = await check(lines);
  expect(answer).toMatchObject({
    kind: 'whole',
    scope: { kind: 'everything' },
    events: 18,
    head: await record.store.log.head(),
  });
  expect(answer.kind === 'whole' && answer.unproven).toEqual([
    'approvers’ signatures were not checked: no trust file was given',
  ]);
  expect(lines.filter((line) => line.includes('"kind":"blob"'))).toHaveLength(5);
  expect(lines.join('\n')).not.toContain(`"${record.named.secret}","base64"`);
  expect(problemOf(await check([...lines, '']))).toBe('whole');
});

test('[RECORD-15, L10] an export of one proposal verifies, and says what it can not prove', async () => {
  const record = await lived();
  const lines = await exported(record, 'p1');
  const answer = await check(lines);
  expect(answer).toMatchObject({ kind: 'whole', scope: { kind: 'proposal', proposal: 'p1' }, events: 13 });
  expect(answer.kind === 'whole' && answer.unproven[0]).toBe(
    'that nothing happened to p1 after entry 15 is the word of verifier-1',
  );
  expect(lines.join()).not.toContain('proposal:p2');
  await expect(exported(record, 'p9')).rejects.toMatchObject({ code: 'NOT_FOUND', where: 'p9' });
  // The id of a proposal that is the beginning of another's is another proposal.
  await expect(exported(record, 'p')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('[RECORD-15, RECORD-16, L10] without keys to believe an export is never whole, and still found out when it is changed', async () => {
  const lines = await exported(await lived(), 'p1');
  async function* feed(all: readonly string[]): AsyncGenerator<string> {
    yield* all;
  }
  const without = (all: readonly string[]): Promise<ExportAnswer> =>
    verifyExport({ lines: feed(all), hash: sha256, keys: undefined, trust: {} });
  const answer = await without(lines);
  expect(answer).toMatchObject({ kind: 'unvouched', events: 13 });
  expect(answer.kind === 'unvouched' && answer.unproven[0]).toBe(
    'whose keys signed: anybody could have made them, and this file with them',
  );
  expect(problemOf(await without(lines.filter((line) => !isSeq(6)(line))))).toMatch(/^stream-mismatch at 7: /);
  const blob = lines.findLastIndex((line) => line.includes('"kind":"blob"'));
  expect(problemOf(await without(lines.toSpliced(blob, 1)))).toMatch(/^blob-missing at /);
});

test('[RECORD-15] an empty record exports and verifies', async () => {
  const path = join(temporaryDirectory(), 'record.db');
  const store = await openSqliteStore({ path, clock, random: systemRandom(), hash: sha256 });
  afterwards(() => store.close());
  const lines = await exported({ store, path, blobs: openBlobs({ directory: path }), named: {} as LifeBlobs });
  expect(lines).toHaveLength(1);
  expect(await check(lines)).toMatchObject({ kind: 'whole', events: 0, head: { seq: 0 } });
});

test.each([undefined, 'p1'])(
  '[RECORD-16, L10] in an export of %s every lost, repeated or moved event is found',
  async (proposal) => {
    const record = await lived();
    const lines = await exported(record, proposal);
    const events = lines.flatMap((line, index) => (line.includes('"kind":"event"') ? [index] : []));
    for (const index of events) {
      const without = lines.filter((_, other) => other !== index);
      expect(problemOf(await check(without))).not.toBe('whole');
      expect(problemOf(await check(lines.toSpliced(index, 0, lines[index] ?? '')))).not.toBe('whole');
      const next = lines[index + 1];
      if (events.includes(index + 1) && next !== undefined) {
        expect(problemOf(await check(lines.toSpliced(index, 2, next, lines[index] ?? '')))).not.toBe('whole');
      }
    }
  },
);

test('[RECORD-16] what is lost in the middle or at the end of a proposal is named', async () => {
  const record = await lived();
  const lines = await exported(record, 'p1');
  expect(problemOf(await check(lines.filter((line) => !isSeq(6)(line))))).toBe(
    'stream-mismatch at 7: entry 7 follows entry 6 of proposal:p1, but entry 5 is the one before',
  );
  expect(problemOf(await check(lines.filter((line) => !isSeq(3)(line))))).toMatch(/^stream-mismatch at 4: /);
  expect(problemOf(await check(lines.filter((line) => !isSeq(15)(line))))).toBe(
    'incomplete at 15: the file ends with entry 14, and its signed header says that the newest is 15',
  );
  const all = await exported(record);
  expect(problemOf(await check(all.filter((line) => !isSeq(6)(line))))).toMatch(/^gap at 6: /);
  expect(problemOf(await check(all.filter((line) => !isSeq(18)(line))))).toMatch(/^incomplete at 18: /);
});

test('[RECORD-16, L10] a changed event is found in both kinds of file', async () => {
  const record = await lived();
  type Line = { event: { body: { text: string }; hash: string } };
  const change = (line: Line): Line => ({
    ...line,
    event: { ...line.event, body: { ...line.event.body, text: 'other' } },
  });
  for (const lines of [await exported(record), await exported(record, 'p1')]) {
    expect(problemOf(await check(edit(lines, isSeq(6), change)))).toBe(
      'hash-mismatch at 6: entry 6 does not hash to what it says: it was changed',
    );
    expect(problemOf(await check(edit(lines, isSeq(6), () => ({ kind: 'event' }))))).toBe(
      "unreadable at 6: the line after entry 5 can't be read",
    );
    expect(problemOf(await check(lines.map((line) => (isSeq(6)(line) ? line.slice(0, -3) : line))))).toMatch(
      /^unreadable at 6: /,
    );
  }
});

test('[RECORD-16, L10] an event of another record, however well hashed, has no proof', async () => {
  const record = await lived();
  const lines = await exported(record, 'p1');
  rewrite(record.path, (rows) => rehashed(at(6, { body: '{"text":"other","type":"commented"}' })(rows)));
  const forged = await exported(record, 'p1', undefined, newSigner('verifier-1'));
  const mixed = [lines[0] ?? '', ...forged.slice(1)];
  expect(problemOf(await check(mixed))).toBe(
    'rewritten at 3: entry 3 does not stand in the record whose head was signed',
  );
  expect(problemOf(await check(forged))).toMatch(
    /^bad-head at 18: the head is signed by "verifier-1", with a key that nobody vouched for$/,
  );
  const all = await exported(record, undefined, undefined, newSigner('x'));
  const honest = await headAt(record.store.source, 18, VERIFIER);
  expect(problemOf(await check(all, undefined, []))).toMatch(/^bad-head at 18: /);
  expect(honest.seq).toBe(18);
});

const at =
  (seq: number, change: Partial<Row>) =>
  (rows: Row[]): Row[] =>
    rows.map((row) => (row.seq === seq ? { ...row, ...change } : row));

test('[RECORD-16] a header that was changed is found', async () => {
  const record = await lived();
  type Header = { newestSeq: number; head: SignedHead; scope: unknown };
  const isHeader = (line: string): boolean => line.includes('countersign.export/1');
  const changes: readonly ((header: Header) => unknown)[] = [
    (header) => ({ ...header, newestSeq: 14 }),
    (header) => ({ ...header, scope: { kind: 'proposal', proposal: 'p2' } }),
    (header) => ({ ...header, head: { ...header.head, seq: 17 } }),
  ];
  for (const change of changes) {
    const lines = edit(await exported(record, 'p1'), isHeader, change);
    expect(problemOf(await check(lines))).toMatch(
      /^bad-head at 1[78]: the (header|head of entry 17) was not signed by verifier-1$/,
    );
  }
  for (const text of ['{}', 'nothing', '[]']) {
    await expect(check([text])).rejects.toMatchObject({ code: 'CONFIG_INVALID', where: 'line 1' });
  }
  await expect(check([])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('[RECORD-14, RECORD-15, L10] an export is compared with an earlier head', async () => {
  const record = await lived();
  const earlier = await headAt(record.store.source, 7, VERIFIER);
  expect(problemOf(await check(await exported(record), earlier))).toBe('whole');
  expect(problemOf(await check(await exported(record, 'p1', earlier), earlier))).toBe('whole');
  const unproven = await check(await exported(record, 'p1'), earlier);
  expect(unproven.kind === 'whole' && unproven.unproven).toContain(
    "the file was not exported against the head of entry 7, so it can't be compared",
  );
  expect(problemOf(await check(await exported(record), { ...earlier, signature: 'AA==' }))).toMatch(/^bad-head at 7: /);
  // Rewritten before the head, hashed anew, and signed by the right key: only the earlier head can tell.
  rewrite(record.path, (rows) => rehashed(at(2, { body: '{"text":"other","type":"commented"}' })(rows)));
  expect(problemOf(await check(await exported(record)))).toBe('whole');
  expect(problemOf(await check(await exported(record), earlier))).toMatch(
    /^rewritten at 7: entry 7 is not the one that verifier-1 signed/,
  );
  expect(problemOf(await check(await exported(record, 'p2', earlier), earlier))).toBe(
    'rewritten at 7: the record up to entry 7 is not the one that verifier-1 signed: it was rewritten',
  );
});

test('[RECORD-14, RECORD-15] an export of a rolled back record is found by an earlier head', async () => {
  const record = await lived();
  const earlier = await headAt(record.store.source, 18, VERIFIER);
  tamper(record.path, 'delete from events where seq > 15');
  expect(problemOf(await check(await exported(record), earlier))).toMatch(
    /^rolled-back at 16: the record ends at entry 15/,
  );
  expect(problemOf(await check(await exported(record, 'p1', earlier), earlier))).toMatch(/^rolled-back at 16: /);
});

test('[RECORD-10, RECORD-15] a broken record is not exported', async () => {
  const record = await lived();
  tamper(record.path, 'delete from events where seq = 5');
  await expect(exported(record, 'p1')).rejects.toMatchObject({
    code: 'RECORD_BROKEN',
    where: 'event 5',
    message: expect.stringContaining('entry 5 is missing'),
  });
});

test.each([
  ['bundle', 4],
  ['preview', 4],
  ['plan', 4],
  ['output', 12],
  ['evidence', 13],
] as const)('[RECORD-13, RECORD-15] a lost or changed %s is found in the file', async (name, seq) => {
  const record = await lived();
  const digest = record.named[name];
  const lines = await exported(record, 'p1');
  const isBlob = (line: string): boolean =>
    line.includes('"kind":"blob"') && line.includes(digest.slice(0, 20)) && JSON.parse(line).digest === digest;
  expect(problemOf(await check(lines.filter((line) => !isBlob(line))))).toBe(
    name === 'bundle'
      ? `blob-missing at 4: the blob ${digest}, named by entry 4, is missing`
      : `blob-missing at ${seq}: the blob ${digest}, named by entry ${seq}, is missing`,
  );
  const damaged = edit(lines, isBlob, (line: object) => ({ ...line, base64: 'AAAA' }));
  expect(problemOf(await check(damaged))).toMatch(
    /^blob-corrupt at (0|4|12|13): the blob [0-9a-f]{64}, named by entry/,
  );
  await record.blobs.destroy(digest);
  expect(problemOf(await check(await exported(record, 'p1')))).toMatch(new RegExp(`^blob-missing at ${seq}: `));
});

test('[RECORD-16, L10] no single changed character goes unnoticed', async () => {
  const record = await lived();
  const lines = (await exported(record, 'p1')).filter((line) => !line.includes('"kind":"blob"'));
  const whole = await exported(record, 'p1');
  const blobLines = whole.filter((line) => line.includes('"kind":"blob"'));
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), async (pickLine, pickAt) => {
      const index = pickLine % lines.length;
      const line = lines[index] ?? '';
      const place = pickAt % line.length;
      const flipped = String.fromCharCode(line.charCodeAt(place) ^ 1);
      const changedLine = line.slice(0, place) + flipped + line.slice(place + 1);
      const changed = [...lines.slice(0, index), changedLine, ...lines.slice(index + 1), ...blobLines];
      const answer = await check(changed).then(problemOf, (thrown: { code: string }) => thrown.code);
      expect(answer).not.toBe('whole');
    }),
    { numRuns: 150 },
  );
});
