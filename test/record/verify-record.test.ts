import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBlobs, openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import {
  type BlobStore,
  type RecordSource,
  type SignedHead,
  type TrustQuestions,
  type VerificationAnswer,
  type VerificationParts,
  verifyRecord,
} from '../../src/record/index.ts';
import { appendProposal, commented, drafted, following, happened } from '../support/events.ts';
import { type Row, rehashed, rewrite, tamper } from '../support/forgery.ts';
import { headAt } from '../support/heads.ts';
import { newSigner } from '../support/keys.ts';
import { afterwards, temporaryDirectory } from '../support/temporary.ts';
import { type LifeBlobs, live, RUNNER, signedBy, VERIFIER } from '../support/whole-life.ts';

/** A record with one whole life (entries 1 to 13) and a commented draft (14 to 16). */
type Lived = { readonly path: string; readonly store: Store; readonly blobs: BlobStore; readonly named: LifeBlobs };

const LAST = 16;

async function lived(): Promise<Lived> {
  const directory = temporaryDirectory();
  const path = join(directory, 'record.db');
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  afterwards(() => store.close());
  const blobs = openBlobs({ directory: join(directory, 'blobs') });
  const named = await live(store.log, blobs, 'p1');
  await appendProposal(store.log, 'p2', ['one', 'two']);
  return { path, store, blobs, named };
}

async function verify(
  { store, blobs }: Lived,
  how: {
    readonly earlier?: readonly SignedHead[];
    readonly trust?: TrustQuestions;
    readonly depth?: 'links' | 'meaning';
  } = {},
): Promise<VerificationAnswer> {
  const parts: VerificationParts = {
    source: store.source,
    hash: sha256,
    earlier: how.earlier ?? [],
    depth: how.depth === undefined ? { kind: 'everything', blobs, trust: how.trust ?? {} } : { kind: how.depth },
  };
  const answer = await verifyRecord(parts);
  // Whatever is asked of a record here, its shares together must answer the same.
  expect(essence(await verifyInShares(parts, 2))).toEqual(essence(answer));
  expect(essence(await verifyInShares(parts, 3))).toEqual(essence(answer));
  return answer;
}

// An entry whose column lies about its target falls into a share that it does not fit: found at the same place, in other words.
function essence(answer: VerificationAnswer): unknown {
  if (answer.kind === 'whole' || !/^(?:column|stream)-mismatch$/.test(answer.problem.kind)) return answer;
  return { kind: 'broken', seq: answer.problem.seq };
}

async function verifyInShares(parts: VerificationParts, of: number): Promise<VerificationAnswer> {
  const others = Array.from({ length: of - 1 }, (_, index) =>
    verifyRecord({ ...parts, share: { part: index + 2, of } }),
  );
  return verifyRecord({ ...parts, share: { part: 1, of }, others: () => Promise.all(others) });
}

function problemOf(answer: VerificationAnswer): string {
  return answer.kind === 'whole' ? 'whole' : `${answer.problem.kind} at ${answer.problem.seq}: ${answer.problem.what}`;
}

function changed(seq: number, change: Partial<Row>): (rows: Row[]) => Row[] {
  return (rows) => rows.map((row) => (row.seq === seq ? { ...row, ...change } : row));
}

test('[RECORD-10, L10] a record that nobody touched is whole at every depth', async () => {
  const record = await lived();
  const whole = { kind: 'whole', head: await record.store.log.head(), checked: LAST };
  expect(whole.head.seq).toBe(LAST);
  expect(await verify(record)).toEqual(whole);
  expect(await verify(record, { depth: 'links' })).toEqual(whole);
  expect(await verify(record, { depth: 'meaning' })).toEqual(whole);
  expect(
    await verify(record, {
      earlier: [await headAt(record.store.source, 1, VERIFIER), await headAt(record.store.source, LAST, VERIFIER)],
    }),
  ).toEqual(whole);
});

test('[RECORD-10, L10] a flipped bit is found at its entry', async () => {
  const record = await lived();
  tamper(record.path, `update events set body = replace(body, '"two"', '"twp"') where seq = 16`);
  expect(problemOf(await verify(record, { depth: 'links' }))).toBe(
    'hash-mismatch at 16: entry 16 does not hash to what it says: it was changed',
  );
});

test.each([
  ['actor', `replace(actor, 'ann', 'eve')`],
  ['at_ms', 'at_ms + 1'],
  ['stream', `'proposal:p1'`],
  ['stream_prev', '0'],
  ['hash', `replace(hash, substr(hash, 1, 1), 'z')`],
])('[RECORD-10, L10] a changed %s is found', async (column, value) => {
  const record = await lived();
  tamper(record.path, `update events set ${column} = ${value} where seq = 15`);
  expect(problemOf(await verify(record, { depth: 'links' }))).toMatch(/^hash-mismatch at 15: /);
});

test('[RECORD-10, L10] a dropped entry is found as a gap', async () => {
  const record = await lived();
  tamper(record.path, 'delete from events where seq = 4');
  expect(problemOf(await verify(record, { depth: 'links' }))).toBe(
    'gap at 4: entry 4 is missing; the next one found is 5',
  );
  tamper(record.path, 'delete from events where seq <= 3');
  expect(problemOf(await verify(record, { depth: 'links' }))).toMatch(/^gap at 1: /);
});

test('[RECORD-10, L10] a dropped entry is found although the others were numbered anew', async () => {
  const record = await lived();
  rewrite(record.path, (rows) => rows.filter((row) => row.seq !== 4).map((row, index) => ({ ...row, seq: index + 1 })));
  expect(problemOf(await verify(record, { depth: 'links' }))).toBe(
    'prev-mismatch at 4: entry 4 does not name the hash of entry 3',
  );
});

test('[RECORD-10, L10] reordered entries are found', async () => {
  const record = await lived();
  rewrite(record.path, (rows) =>
    rows.map((row) => ({ ...row, seq: row.seq === 15 ? 16 : row.seq === 16 ? 15 : row.seq })),
  );
  expect(problemOf(await verify(record, { depth: 'links' }))).toMatch(/^prev-mismatch at 15: /);
});

test('[RECORD-14, L10] a truncated record is found by an earlier head, which is named', async () => {
  const record = await lived();
  const head = await headAt(record.store.source, LAST, VERIFIER);
  tamper(record.path, 'delete from events where seq > 14');
  expect(problemOf(await verify(record, { depth: 'links' }))).toBe('whole');
  expect(problemOf(await verify(record, { depth: 'links', earlier: [head] }))).toBe(
    'rolled-back at 15: the record ends at entry 14, but verifier-1 signed on 1970-01-01T00:00:00.000Z at entry 16: it was rolled back',
  );
});

test('[RECORD-14, L10] a record that was hashed anew is found by an earlier head', async () => {
  const record = await lived();
  const head = await headAt(record.store.source, LAST, VERIFIER);
  rewrite(record.path, (rows) => rehashed(changed(15, { body: '{"text":"won","type":"commented"}' })(rows)));
  // The forger did it well: nothing but the head can tell.
  expect(problemOf(await verify(record))).toBe('whole');
  expect(problemOf(await verify(record, { earlier: [head] }))).toBe(
    'rewritten at 16: entry 16 is not the one that verifier-1 signed on 1970-01-01T00:00:00.000Z: the record was rewritten',
  );
});

test('[RECORD-14] a forged head proves nothing', async () => {
  const record = await lived();
  const head = await headAt(record.store.source, 3, VERIFIER);
  for (const forged of [
    { ...head, seq: 4 },
    { ...head, signature: 'AAAA' },
    { ...head, key: 'no key' },
  ]) {
    expect(problemOf(await verify(record, { earlier: [forged] }))).toBe(
      `bad-head at ${forged.seq}: the head of entry ${forged.seq} was not signed by verifier-1`,
    );
  }
});

test.each([
  ['an unknown type', '{"type":"nonsense"}'],
  ['an unknown member', '{"more":1,"text":"one","type":"commented"}'],
  ['a missing member', '{"type":"commented"}'],
  ['a wrong member', '{"text":1,"type":"commented"}'],
  ['a repeated member', '{"text":"zero","text":"one","type":"commented"}'],
  ['another spelling', '{"text": "one","type":"commented"}'],
  ['a cut text', '{"text":"one","ty'],
])('[RECORD-09, RECORD-10] %s is unreadable, however well it is hashed', async (_name, body) => {
  const record = await lived();
  rewrite(record.path, (rows) => rehashed(changed(15, { body })(rows)));
  expect(problemOf(await verify(record, { depth: 'meaning' }))).toBe(
    'unreadable at 15: the body of event 15 ("commented") can\'t be read',
  );
  await expect(record.store.log.read({ afterSeq: 0, limit: 100 })).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' });
});

test('[RECORD-09] an actor of no kind is unreadable', async () => {
  const record = await lived();
  rewrite(record.path, (rows) => rehashed(changed(15, { actor: '{"kind":"god","name":"x"}' })(rows)));
  expect(problemOf(await verify(record))).toMatch(/^unreadable at 15: the actor of event 15/);
});

test('[RECORD-11, L4] an execution without its approval could not have happened', async () => {
  const record = await lived();
  rewrite(record.path, (rows) => rehashed(rows.filter((row) => row.type !== 'approved')));
  expect(problemOf(await verify(record, { depth: 'links' }))).toBe('whole');
  expect(problemOf(await verify(record, { depth: 'meaning' }))).toBe(
    'impossible at 6: entry 6 could not have happened: the record has "claimed" on a proposal that is open',
  );
});

test('[RECORD-11, RECORD-16] an event that was left out breaks its stream', async () => {
  const record = await lived();
  rewrite(record.path, (rows) =>
    rehashed(
      rows.filter((row) => row.seq !== 15),
      false,
    ),
  );
  expect(problemOf(await verify(record, { depth: 'meaning' }))).toBe(
    'stream-mismatch at 15: entry 15 follows entry 15 of proposal:p2, but entry 14 is the one before',
  );
});

test.each([
  ['type', 'commented', 'drafted', 14],
  ['proposal', 'p1', 'p2', 15],
  ['target', 'elsewhere', 'target-of-p2', 15],
] as const)('[RECORD-11] a %s column that lies is found', async (column, lie, truth, seq) => {
  const record = await lived();
  tamper(record.path, `update events set ${column} = '${lie}' where seq = ${seq}`);
  expect(problemOf(await verify(record, { depth: 'links' }))).toBe('whole');
  expect(problemOf(await verify(record, { depth: 'meaning' }))).toBe(
    `column-mismatch at ${seq}: the ${column} of entry ${seq} is "${lie}", and its event says "${truth}"`,
  );
});

test('[RECORD-11] an event in the stream of another proposal is found', async () => {
  const record = await lived();
  rewrite(record.path, (rows) => rehashed(rows.map((row) => ({ ...row, stream: row.stream.replace('p2', 'p3') }))));
  expect(problemOf(await verify(record, { depth: 'meaning' }))).toMatch(
    /^column-mismatch at 14: the stream of entry 14 is "proposal:p3", and its event says "proposal:p2"/,
  );
});

test.each([
  [
    'a changed state',
    `update proposals set state = replace(state, 'closed', 'held') where proposal = 'p1'`,
    'proposal p1',
    13,
  ],
  ['a changed seq', `update proposals set seq = 15 where proposal = 'p2'`, 'proposal p2', 16],
  ['a seq that is yet to come', `update proposals set seq = 99 where proposal = 'p2'`, 'proposal p2', 16],
  [
    'a target seq that is yet to come',
    `update targets set seq = 99 where target = 'target-of-p2'`,
    'target target-of-p2',
    16,
  ],
  ['a changed target', `update proposals set target = 'x' where proposal = 'p2'`, 'proposal p2', 16],
  ['a missing row', `delete from proposals where proposal = 'p2'`, 'proposal p2', 16],
  ['an invented row', `insert into proposals values ('p9', 't', 'open', '{}', 7, 0, 0)`, 'proposal p9', 7],
  [
    'a changed target state',
    `update targets set state = '{"held":["p1"]}' where target = 'target-of-p1'`,
    'target target-of-p1',
    13,
  ],
  ['a missing target', `delete from targets where target = 'target-of-p2'`, 'target target-of-p2', 16],
])('[RECORD-11] a projection with %s is found', async (_name, statement, what, seq) => {
  const record = await lived();
  tamper(record.path, statement);
  expect(problemOf(await verify(record, { depth: 'links' }))).toBe('whole');
  expect(problemOf(await verify(record, { depth: 'meaning' }))).toBe(
    `projection-mismatch at ${seq}: the summary of ${what} is not what its events amount to`,
  );
});

test('[RECORD-12, L6] an outcome that the runner did not sign is found', async () => {
  const record = await lived();
  rewrite(record.path, (rows) =>
    rehashed(
      rows.map((row) => ({
        ...row,
        body: row.type === 'executed' ? row.body.replace('"done"', '"errored"') : row.body,
      })),
    ),
  );
  expect(problemOf(await verify(record))).toBe(
    'bad-signature at 11: the signature in entry 11 does not hold: runner-1 did not sign this',
  );
});

test('[RECORD-12, L2] a verdict signed with another key, or by nobody who may, is found', async () => {
  const record = await lived();
  const thief = newSigner('verifier-1');
  const resign = (row: Row, key: string): Row => {
    const { signed: _, ...body } = JSON.parse(row.body);
    const signed = signedBy<'verified'>(thief, 'p1', body);
    return { ...row, body: JSON.stringify(sorted(signed)), actor: row.actor.replaceAll(VERIFIER.key, key) };
  };
  rewrite(record.path, (rows) =>
    rehashed(rows.map((row) => (row.type === 'verified' ? resign(row, VERIFIER.key) : row))),
  );
  expect(problemOf(await verify(record))).toMatch(
    /^bad-signature at 12: .* it was made with another key than that of verifier-1$/,
  );
  rewrite(record.path, (rows) => rehashed(rows.map((row) => (row.type === 'verified' ? resign(row, thief.key) : row))));
  // Well signed, by a key that only the trust file can tell from the right one.
  const actor: TrustQuestions['actor'] = (one) =>
    one.kind === 'verifier' && one.key !== VERIFIER.key ? 'not the key of verifier-1' : undefined;
  expect(problemOf(await verify(record, { trust: { actor } }))).toBe(
    'bad-signature at 12: the signature in entry 12 does not hold: not the key of verifier-1',
  );
  rewrite(record.path, (rows) =>
    rehashed(rows.map((row) => (row.type === 'started' ? { ...row, actor: '{"kind":"person","name":"ann"}' } : row))),
  );
  expect(problemOf(await verify(record))).toMatch(/^bad-signature at 9: .* a person can't sign a "started"$/);
});

test('[RECORD-12, L4] a signature carried over from another proposal is found', async () => {
  const record = await lived();
  await live(record.store.log, record.blobs, 'p3');
  const bodies = (await record.store.source.streamEntries('proposal:p1', 0, 100)).map((entry) => entry.body);
  rewrite(record.path, (rows) =>
    rehashed(rows.map((row) => (row.seq === LAST + 9 ? { ...row, body: bodies[8] ?? '' } : row))),
  );
  expect(problemOf(await verify(record))).toMatch(/^bad-signature at 25: .* runner-1 did not sign this$/);
});

test('[RECORD-12, L4] an approval that does not hold, or is of another bundle, is found', async () => {
  const record = await lived();
  const approval: TrustQuestions['approval'] = ({ document }) => `${document.approver} has no such key`;
  expect(problemOf(await verify(record, { trust: { approval } }))).toBe(
    'bad-approval at 5: the approval in entry 5 does not hold: bob has no such key',
  );
  rewrite(record.path, (rows) =>
    rehashed(
      rows.map((row) =>
        row.seq === 5 ? { ...row, body: row.body.replace(record.named.bundle, 'f'.repeat(64)) } : row,
      ),
    ),
  );
  expect(problemOf(await verify(record, { depth: 'meaning' }))).toBe(
    'bad-approval at 5: the approval in entry 5 was signed for another bundle, preview, proposal or target',
  );
});

test.each([
  ['bundle', 2],
  ['preview', 2],
  ['plan', 2],
  ['output', 10],
  ['evidence', 11],
] as const)('[RECORD-13] a %s blob that is gone or changed is found', async (name, seq) => {
  const record = await lived();
  const digest = record.named[name];
  const get: BlobStore['get'] = async (asked) =>
    asked === digest ? record.blobs.get('0'.repeat(64)) : record.blobs.get(asked);
  const look = (blobs: Pick<BlobStore, 'get'>): Promise<VerificationAnswer> =>
    verifyRecord({
      source: record.store.source,
      hash: sha256,
      earlier: [],
      depth: { kind: 'everything', blobs, trust: {} },
    });
  expect(problemOf(await look({ get }))).toBe(
    `blob-missing at ${seq}: the blob ${digest}, named by entry ${seq}, is missing`,
  );
  await record.blobs.destroy(digest);
  expect(problemOf(await look(record.blobs))).toMatch(new RegExp(`^blob-missing at ${seq}: `));
});

test('[RECORD-13] blobs that bear secrets are no evidence', async () => {
  const record = await lived();
  expect(await record.blobs.has(record.named.secret)).toBe(false);
  expect(problemOf(await verify(record))).toBe('whole');
});

test('[RECORD-10] progress is told page by page', async () => {
  const record = await lived();
  const told: number[] = [];
  await verifyRecord({
    source: record.store.source,
    hash: sha256,
    earlier: [],
    depth: { kind: 'links' },
    onProgress: (checked) => told.push(checked),
  });
  expect(told).toEqual([LAST]);
  expect(RUNNER.name).toBe('runner-1');
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

test('[RECORD-03, RECORD-11] a record that grows meanwhile is followed, and what goes on is folded on', async () => {
  const record = await lived();
  const { store } = record;
  let grown = 0;
  const source: RecordSource = {
    ...store.source,
    proposalSeqs: async (after, limit) => {
      // Somebody comments on the draft, whose fold was let go, and drafts another, right before the comparison.
      if (after === '' && grown < 2) {
        grown += 1;
        const row = await store.projections.proposal('p2');
        if (row === undefined) return expect.unreachable();
        await store.log.append({
          proposal: 'p2',
          target: row.target,
          seenStreamSeq: row.seq,
          seenTargetSeq: row.seq,
          happened: [happened(commented(`late ${grown}`))],
          state: row.state,
          targetState: { busy: undefined, held: [] },
        });
        await appendProposal(store.log, `late-${grown}`);
      }
      return store.source.proposalSeqs(after, limit);
    },
  };
  const answer = await verifyRecord({ source, hash: sha256, earlier: [], depth: { kind: 'meaning' } });
  expect(answer).toEqual({ kind: 'whole', head: await store.log.head(), checked: LAST + 4 });
});

test('[RECORD-11] more events than a page holds are summed up all the same', async () => {
  const path = join(temporaryDirectory(), 'record.db');
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  afterwards(() => store.close());
  const first = following('first');
  const draft = await store.log.append(first.next(drafted('first')));
  if (draft.kind === 'appended') first.appended(draft.events);
  const others = Array.from({ length: 700 }, (_, index) => `p${index}`);
  await Promise.all(
    others.map((id) => store.log.append(following(id).next(drafted(id, `target-of-${id}`), commented(id)))),
  );
  expect((await store.log.append({ ...first.next(commented('at last')), target: 'target-of-first' })).kind).toBe(
    'appended',
  );
  const verify = (): Promise<VerificationAnswer> =>
    verifyRecord({ source: store.source, hash: sha256, earlier: [], depth: { kind: 'meaning' } });
  // A draft names its own target; this one was appended under another, and the column says so.
  expect(problemOf(await verify())).toBe(
    'column-mismatch at 1: the target of entry 1 is "target-of-first", and its event says "shop"',
  );
  tamper(
    path,
    `update events set target = 'shop' where proposal = 'first'`,
    `update proposals set target = 'shop' where proposal = 'first'`,
  );
  tamper(path, `update targets set target = 'shop' where target = 'target-of-first'`);
  expect(await verify()).toMatchObject({ kind: 'whole', checked: 1402 });
  tamper(path, `update proposals set state = replace(state, 'change', 'changed') where proposal = 'p3'`);
  expect(problemOf(await verify())).toMatch(/^projection-mismatch at \d+: the summary of proposal p3 /);
});

/** Disowns entries by their number and hash, as a signed trust file does. */
function disowning(record: Lived, ...seqs: readonly number[]): Promise<TrustQuestions> {
  return record.store.source.entries(0, 10_000).then((entries) => ({
    disowned: ({ seq, hash }) =>
      entries.some((one) => one.seq === seq && one.hash === hash && seqs.includes(seq)) ? `why ${seq}` : undefined,
  }));
}

const strange: TrustQuestions['actor'] = (_, { seq }) => (seq === 11 || seq === 12 ? 'a stranger' : undefined);

async function named(record: Lived, seq: number): Promise<object> {
  return { seq, hash: (await record.store.source.entries(seq - 1, 1))[0]?.hash, why: `why ${seq}` };
}

test('[RECORD-26] what is disowned is counted, with its hash, at the depth that knows of it; its blobs are nobody’s', async () => {
  const record = await lived();
  await record.blobs.destroy(record.named.evidence);
  expect(problemOf(await verify(record))).toMatch(/^blob-missing at 11: /);
  expect(problemOf(await verify(record, { trust: { actor: strange } }))).toMatch(/^bad-signature at 11: /);
  const trust = { ...(await disowning(record, 11, 12)), actor: strange };
  expect(await verify(record, { trust })).toEqual({
    kind: 'whole',
    head: await record.store.log.head(),
    checked: LAST,
    disowned: [await named(record, 11), await named(record, 12)],
  });
  expect(await verify(record, { depth: 'meaning' })).not.toHaveProperty('disowned');
});

test('[RECORD-27, L6, L7] what holds is not disowned: it is named, and its blobs are still asked for', async () => {
  const record = await lived();
  const trust = await disowning(record, 10, 11, 12, 13);
  const [ten, eleven, twelve, thirteen] = await Promise.all([10, 11, 12, 13].map((seq) => named(record, seq)));
  const answer = await verify(record, { trust });
  expect(answer).toEqual({
    kind: 'whole',
    head: await record.store.log.head(),
    checked: LAST,
    ignored: [ten, eleven, twelve, thirteen],
  });
  expect(await verify(record, { depth: 'meaning' })).not.toHaveProperty('ignored');
  expect(await verify(record, { trust: { ...trust, actor: strange } })).toMatchObject({
    disowned: [eleven, twelve],
    ignored: [ten, thirteen],
  });
  await record.blobs.destroy(record.named.output);
  expect(problemOf(await verify(record, { trust }))).toMatch(/^blob-missing at 10: /);
});

test('[RECORD-27, RECORD-25] a disowned entry is judged by its own time, and that time moves nothing else', async () => {
  const record = await lived();
  const late = 9_000_000_000_000;
  rewrite(record.path, (rows) => rehashed(rows.map((row) => ({ ...row, at_ms: row.seq === 11 ? late : row.at_ms }))));
  const asked: (readonly [number, number])[] = [];
  const actor: TrustQuestions['actor'] = (_, { seq, latestMs }) => {
    if (seq > 10) asked.push([seq, latestMs]);
    return undefined;
  };
  await verify(record, { trust: { ...(await disowning(record, 11)), actor } });
  expect(new Map(asked)).toEqual(
    new Map([
      [11, late],
      [12, 1_700_000_000_000],
    ]),
  );
});

test('[RECORD-26, RECORD-11] what fits nowhere is left out, also when its stream goes on; what is changed is never excused', async () => {
  const record = await lived();
  const { store } = record;
  rewrite(record.path, (rows) => {
    const last = rows.at(-1);
    if (last === undefined) throw new TypeError('there are rows');
    return rehashed([...rows, { ...last, type: 'closed', body: '{"mark":"as-approved","type":"closed"}' }]);
  });
  expect(problemOf(await verify(record))).toMatch(/^impossible at 17: /);
  const trust = await disowning(record, 17);
  expect(await verify(record, { trust })).toMatchObject({ kind: 'whole', checked: 17 });
  let grown = 0;
  const source: RecordSource = {
    ...store.source,
    proposalSeqs: async (after, limit) => {
      // Somebody comments on the draft, whose fold was let go, right before the comparison: it is folded anew.
      const row = await store.projections.proposal('p2');
      if (after === '' && grown === 0 && row !== undefined) {
        grown += 1;
        await store.log.append({
          proposal: 'p2',
          target: row.target,
          seenStreamSeq: row.seq,
          seenTargetSeq: row.seq,
          happened: [happened(commented('late'))],
          state: row.state,
          targetState: { busy: undefined, held: [] },
        });
      }
      return store.source.proposalSeqs(after, limit);
    },
  };
  const depth = { kind: 'everything', blobs: record.blobs, trust } as const;
  const answer = await verifyRecord({ source, hash: sha256, earlier: [], depth });
  expect(answer).toMatchObject({ kind: 'whole', checked: 18, disowned: [{ seq: 17, why: 'why 17' }] });
  tamper(record.path, 'update events set at_ms = at_ms + 1 where seq = 17');
  expect(problemOf(await verify(record, { trust }))).toMatch(/^hash-mismatch at 17: /);
});

test('[RECORD-25, RECORD-26] an entry is judged at its place, by the latest time so far but for what is disowned', async () => {
  const record = await lived();
  rewrite(record.path, (rows) =>
    rehashed(rows.map((row) => ({ ...row, at_ms: row.seq === 4 ? 9_000_000_000_000 : row.seq === 9 ? 5 : row.at_ms }))),
  );
  // In whole and in shares: whoever is asked, of one entry the same is asked.
  const asked = new Map<number, Set<number>>();
  const ask = async (seq?: number): Promise<readonly (readonly [number, readonly number[]])[]> => {
    asked.clear();
    const known = seq === undefined ? {} : await disowning(record, seq);
    const actor: TrustQuestions['actor'] = (_, when) => {
      asked.set(when.seq, (asked.get(when.seq) ?? new Set()).add(when.latestMs));
      return undefined;
    };
    expect((await verify(record, { trust: { ...known, actor } })).kind).toBe('whole');
    return [...asked].map(([seq, times]) => [seq, [...times]]);
  };
  const far = 9_000_000_000_000;
  expect(await ask()).toEqual([8, 9, 11, 12].map((seq) => [seq, [far]]));
  expect(await ask(4)).toEqual([8, 9, 11, 12].map((seq) => [seq, [1_700_000_000_000]]));
});
