import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutText } from '../../../src/adapters/checks/answers/cut-text.ts';
import { meetsText } from '../../../src/adapters/checks/answers/meets-text.ts';
import { readHttpAnswer } from '../../../src/adapters/checks/answers/read-http-answer.ts';
import { readPlanAnswer } from '../../../src/adapters/checks/answers/read-plan-answer.ts';
import { readSqliteAnswer } from '../../../src/adapters/checks/answers/read-sqlite-answer.ts';
import { type Reading, recordReading, unknownReading } from '../../../src/adapters/checks/answers/reading.ts';
import { readOrder, readReply, type WorkerOrder, writeReply } from '../../../src/adapters/checks/worker-protocol.ts';
import { openMachine } from '../../../src/adapters/index.ts';
import { canonicalJson, type Json } from '../../../src/kernel/index.ts';
import { maskSecrets } from '../../../src/record/index.ts';

const { hash } = openMachine();
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 3000 }), fc.string({ maxLength: 9000 }));
const anyJson = fc.jsonValue({ maxDepth: 3 }).map((value): Json => JSON.parse(JSON.stringify(value ?? null)));

test('[VERIFY-11] a text that was cut fits, says so, and begins as the whole does', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 64, max: 4000 }), (whole, maxBytes) => {
      const cut = cutText(whole, maxBytes);
      expect(Buffer.byteLength(JSON.stringify(cut)) - 2).toBeLessThanOrEqual(maxBytes);
      if (cut === whole) return;
      const mark = /… \(and (\d+) more characters\)$/.exec(cut);
      const kept = cut.slice(0, mark?.index);
      expect(whole.startsWith(kept)).toBe(true);
      expect(Number(mark?.[1])).toBe(whole.length - kept.length);
    }),
  );
});

test('[VERIFY-11] a text is cut between characters, and one that fits stays', () => {
  expect(cutText('x'.repeat(64), 64)).toBe('x'.repeat(64));
  expect(cutText('😀'.repeat(40), 64)).toBe(`${'😀'.repeat(7)}… (and 66 more characters)`);
  expect(cutText('"'.repeat(64), 64)).toBe(`${'"'.repeat(14)}… (and 50 more characters)`);
});

test('[VERIFY-12] texts are compared, searched and matched with full Unicode', () => {
  expect(meetsText('ready', { equals: 'ready' })).toBe(true);
  expect(meetsText('ready ', { equals: 'ready' })).toBe(false);
  expect(meetsText('all ready', { contains: 'read' })).toBe(true);
  expect(meetsText('all', { contains: 'read' })).toBe(false);
  expect(meetsText('v😀2', { matches: '^v.2$' })).toBe(true);
  expect(meetsText('v12', { matches: '^v.$' })).toBe(false);
});

const READING: Reading = {
  answer: 'red',
  detail: 'the line\nsays s3cret',
  facts: { code: 1 },
  excerpts: { one: 's3cret \u0007', two: 'other' },
  projection: { whole: 's3cret' },
};
const MANNERS = { hash, mask: maskSecrets(['s3cret']).text, mayExcerpt: true };

test('[VERIFY-11, L11, L12] what is recorded of a reading is masked before anything else happens to it', () => {
  expect(recordReading(READING, MANNERS)).toEqual({
    answer: 'red',
    detail: 'the line⟨U+000A⟩says (sensitive)',
    observed: { code: 1, one: '(sensitive) ⟨U+0007⟩', two: 'other' },
    observedDigest: hash('{"whole":"s3cret"}'),
  });
  expect(recordReading(READING, { ...MANNERS, mayExcerpt: false }).observed).toEqual({
    code: 1,
    one: '(withheld until somebody approves)',
    two: '(withheld until somebody approves)',
  });
});

test('[VERIFY-11] whatever the world says fits the record, and comes back through the protocol as it was', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('stdout', 'stderr', 'body'), text),
      text,
      anyJson,
      (excerpts, detail, projection) => {
        const reply = recordReading({ ...READING, excerpts, detail: detail.slice(0, 200), projection }, MANNERS);
        expect(Buffer.byteLength(canonicalJson(reply.observed))).toBeLessThanOrEqual(4096);
        expect(readReply(ORDER, writeReply(ORDER, reply))).toEqual({ kind: 'replied', ...reply });
      },
    ),
  );
});

const ORDER: WorkerOrder = {
  ticket: '0123456789abcdef',
  spec: { id: 'it', kind: 'file', claim: 'c', origin: 'proposal', question: { path: '/' }, timeoutMs: 5 },
  directory: '/',
  scratch: '/tmp',
  sealedDirectoryFile: undefined,
  mayExcerpt: true,
  mustBeOpen: false,
  secretVariables: [],
  keepOut: [],
};

test('[VERIFY-10] an order is read as it was written, and anything else is none', () => {
  expect(readOrder(JSON.stringify(ORDER))).toEqual(JSON.parse(JSON.stringify(ORDER)));
  expect(readOrder(JSON.stringify({ ...ORDER, key: 'PRIVATE' }))).toBeUndefined();
  expect(readOrder(JSON.stringify({ ...ORDER, ticket: 'short' }))).toBeUndefined();
  expect(readOrder('')).toBeUndefined();
});

test('[VERIFY-10] nothing but a whole reply to this order is heard', () => {
  const good = writeReply(ORDER, recordReading(READING, MANNERS));
  expect(readReply(ORDER, good).kind).toBe('replied');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: good.length - 2 }), (at) => {
      expect(readReply(ORDER, good.slice(0, at)).kind).toBe('lost');
    }),
  );
  fc.assert(fc.property(fc.string(), (noise) => readReply(ORDER, noise).kind === 'lost'));
  fc.assert(fc.property(anyJson, (noise) => readReply(ORDER, JSON.stringify(noise)).kind === 'lost'));
});

test('[VERIFY-13, L12] members of a body are its own, and what is no JSON is told so', () => {
  const read = (body: string, jsonPath: string, equals: Json): Reading =>
    readHttpAnswer(
      { url: 'http://x/', method: 'GET', expect: { body: { jsonPath, equals } } },
      { kind: 'answered', status: 200, body: new TextEncoder().encode(body), isTruncated: false },
      hash,
    );
  expect(read('{"a":[{"b":null}]}', 'a.0.b', null).answer).toBe('green');
  expect(read('[1,2]', '1', 2).answer).toBe('green');
  expect(read('{"a":{"y":1,"x":2}}', 'a', { x: 2, y: 1 }).answer).toBe('green');
  expect(read('7', '', 7).answer).toBe('green');
  expect(read('"x"', 'length', 1).detail).toBe('the body has no such member');
  expect(read('{}', 'constructor.name', 'Object').detail).toBe('the body has no such member');
  expect(read('{"a":1}', 'a.b', 1).detail).toBe('the body has no such member');
  expect(read('ready', 'a', 1)).toMatchObject({ answer: 'red', detail: 'the body is not JSON' });
  expect(read('{"a":"\\ud800"}', 'a', 1)).toMatchObject({ answer: 'red', detail: 'the body is not JSON' });
  expect(read('{"a":1}', 'b', 1).projection).not.toEqual(read('{"b":null}', 'b', 1).projection);
});

test('[VERIFY-16, L7] a plan is green only when it finds nothing, and its digest tells two worlds apart', () => {
  const digest = hash('plan');
  expect(readPlanAnswer({ kind: 'empty', digest })).toEqual({
    answer: 'green',
    detail: 'a fresh plan changes nothing',
    facts: { changes: 0 },
    excerpts: {},
    projection: { plan: digest },
  });
  const changes = {
    kind: 'changes',
    digest,
    resources: [],
    outputs: [],
    failedChecks: [],
    notReplaced: [],
    otherObjects: [],
  } as const;
  expect(readPlanAnswer(changes)).toMatchObject({
    answer: 'red',
    detail: 'a fresh plan is not empty: it is not complete',
  });
  expect(
    readPlanAnswer({
      ...changes,
      resources: [
        { address: 'a.b', action: 'create' },
        { address: 'a.c', action: 'delete' },
      ],
      outputs: ['url'],
      failedChecks: ['check.health'],
      notReplaced: ['a.d'],
      otherObjects: ['a.e'],
    }),
  ).toEqual({
    answer: 'red',
    detail:
      'a fresh plan is not empty: changes of resources 2, changes of outputs 1, conditions that do not hold 1, objects that were not replaced 1, other objects than the approved ones 1',
    facts: { changes: 3 },
    excerpts: { resources: 'create a.b\ndelete a.c', others: 'url\ncheck.health\na.d\na.e' },
    projection: { plan: digest },
  });
  expect(readPlanAnswer({ kind: 'failed', why: 'init: no' })).toEqual(
    unknownReading('no plan could be made: init: no'),
  );
});

test('[VERIFY-15] of a shape only what is named counts, and a seen thing of the wrong kind is no answer', () => {
  const question = {
    path: '/x',
    expect: { schemaDigest: 'a', rowCounts: { t: 1 }, tableDigests: { t: 'd', u: 'e' } },
  };
  const tables = [
    { name: 't', rows: 1, digest: 'd' },
    { name: 'u', rows: 9, digest: 'e' },
  ];
  const green = readSqliteAnswer(question, { kind: 'shape', schemaDigest: 'a', tables });
  expect(green).toMatchObject({
    answer: 'green',
    detail: 'the database is as expected',
    projection: { schema: 'a', rows: { t: 1 }, digests: { t: 'd', u: 'e' } },
  });
  const red = readSqliteAnswer(question, { kind: 'shape', schemaDigest: 'b', tables: tables.slice(1) });
  expect(red.detail).toBe(
    'the schema is not as expected; t has no table, not 1 row; the rows of t are not as expected',
  );
  const partly = { path: '/x', expect: { rowCounts: { u: 9 } } };
  expect(readSqliteAnswer(partly, { kind: 'shape', schemaDigest: 'b', tables })).toMatchObject({
    answer: 'green',
    projection: { schema: null, rows: { u: 9 }, digests: {} },
  });
  expect(readSqliteAnswer(partly, { kind: 'rows', rows: [], isTruncated: false }).answer).toBe('unknown');
  const rows = { path: '/x', query: 'select 1', expect: { scalar: 1 } };
  expect(readSqliteAnswer(rows, { kind: 'shape', schemaDigest: 'b', tables }).answer).toBe('unknown');
});
