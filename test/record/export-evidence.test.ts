/** Exports with the evidence that a proposal cites, and exports that nobody signed. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBlobs, openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import { canonicalJson, type EventBody, type EvidenceRef } from '../../src/kernel/index.ts';
import {
  type BlobStore,
  type Citation,
  type ExportAnswer,
  type ExportHeader,
  exportRecord,
  recordEvidence,
  verifyExport,
} from '../../src/record/index.ts';
import { ANN, appendProposal, drafted, following, happened } from '../support/events.ts';
import { newSigner } from '../support/keys.ts';
import { afterwards, temporaryDirectory } from '../support/temporary.ts';

const clock = { ...systemClock(), nowMs: () => 1_700_000_000_000 };
const VERIFIER = newSigner('verifier-1');

type World = { readonly store: Store; readonly blobs: BlobStore; readonly cited: readonly Citation[] };

/** Evidence 1 and 2 are cited by p1, which is drafted between them and sealed after; evidence 4 is nobody's; 5 and 6 are p2. */
async function citing(cite: (cited: readonly EvidenceRef[]) => readonly EvidenceRef[] = (all) => all): Promise<World> {
  const directory = temporaryDirectory();
  const store = await openSqliteStore({
    path: join(directory, 'record.db'),
    clock,
    random: systemRandom(),
    hash: sha256,
  });
  afterwards(() => store.close());
  const blobs = openBlobs({ directory: join(directory, 'blobs') });
  const see = (about: string): Promise<Citation> =>
    recordEvidence({ evidence: store.evidence, blobs, clock, random: systemRandom() }, ANN, {
      source: 'read',
      about,
      content: Buffer.from(`bytes of ${about}`),
      secrets: [],
    });
  const p1 = following('p1');
  const append = async (...bodies: readonly EventBody[]): Promise<void> => {
    const batch = p1.next(...bodies);
    const answer = await store.log.append({ ...batch, happened: bodies.map((body) => happened(body)) });
    if (answer.kind !== 'appended') throw new TypeError('nobody else appends');
    p1.appended(answer.events);
  };
  const first = await see('disk');
  await append(drafted('p1', 'target-of-p1'));
  const cited = [first, await see('log')];
  await see('nothing of p1');
  const evidence = cite(cited.map(({ id, digest }) => ({ id, digest })));
  const bundleDigest = await blobs.put(Buffer.from(canonicalJson({ proposal: 'p1', blobs: [], evidence })));
  const previewDigest = await blobs.put(Buffer.from('{}'));
  await append({
    type: 'sealed',
    environment: 'production',
    bundleDigest,
    previewDigest,
    counts: { destroys: 0, replaces: 0, creates: 1, updates: 0, runs: 0, others: 0 },
    unpredictable: 0,
    checks: [],
    runner: 'runner-1',
    secretBlobs: [],
  });
  await appendProposal(store.log, 'p2', ['one']);
  return { store, blobs, cited };
}

async function exported({ store, blobs }: World, proposal?: string, signer?: typeof VERIFIER): Promise<string[]> {
  const scope = proposal === undefined ? ({ kind: 'everything' } as const) : ({ kind: 'proposal', proposal } as const);
  const lines: string[] = [];
  for await (const line of exportRecord({ source: store.source, blobs, hash: sha256, clock, signer, scope }))
    lines.push(line.trimEnd());
  return lines;
}

async function check(lines: readonly string[]): Promise<ExportAnswer> {
  async function* feed(): AsyncGenerator<string> {
    yield* lines;
  }
  return await verifyExport({ lines: feed(), hash: sha256, keys: [VERIFIER.key], trust: {} });
}

function problemOf(answer: ExportAnswer): string {
  return answer.kind === 'broken'
    ? `${answer.problem.kind} at ${answer.problem.seq}: ${answer.problem.what}`
    : answer.kind;
}

const isOf =
  (about: string) =>
  (line: string): boolean =>
    line.includes('"evidence-recorded"') && line.includes(`"about":"${about}"`);

test('[RECORD-34, RECORD-15] an export of one proposal holds what it cites, entries and bytes, and nothing else', async () => {
  const world = await citing();
  const lines = await exported(world, 'p1', VERIFIER);
  const answer = await check(lines);
  expect(answer).toMatchObject({ kind: 'whole', events: 4 });
  const header = JSON.parse(lines[0] ?? '') as ExportHeader;
  expect(header.evidence).toEqual(world.cited.map(({ id }) => id));
  expect(lines.filter(isOf('disk'))).toHaveLength(1);
  expect(lines.join()).not.toContain('nothing of p1');
  for (const { digest } of world.cited)
    expect(lines.filter((line) => line.includes(`"digest":"${digest}","base64"`))).toHaveLength(1);
  expect(answer.kind === 'whole' && answer.unproven).toEqual([
    'that nothing happened to p1 after entry 5 is the word of verifier-1',
    'approvers’ signatures were not checked: no trust file was given',
  ]);
  expect(JSON.parse((await exported(world, 'p2', VERIFIER))[0] ?? '')).not.toHaveProperty('evidence');
  expect(problemOf(await check(await exported(world, undefined, VERIFIER)))).toBe('whole');
});

test('[RECORD-34, RECORD-16] cited evidence that is lost, changed or foreign is found out', async () => {
  const world = await citing();
  const [first] = world.cited;
  const lines = await exported(world, 'p1', VERIFIER);
  expect(problemOf(await check(lines.filter((line) => !isOf('disk')(line))))).toBe(
    `incomplete at 0: the file lacks the evidence ${first?.id}, which its header names`,
  );
  const changed = lines.map((line) => (isOf('log')(line) ? line.replace('"about":"log"', '"about":"lot"') : line));
  expect(problemOf(await check(changed))).toMatch(/^hash-mismatch at 3: /);
  const isBytes = (line: string): boolean => line.includes(`"digest":"${first?.digest}","base64"`);
  expect(problemOf(await check(lines.filter((line) => !isBytes(line))))).toMatch(/^blob-missing at 1: /);
  // Evidence that p1 does not cite has no place in its file, however true it is.
  const all = await exported(world, undefined, VERIFIER);
  const foreign = all.find(isOf('nothing of p1')) ?? '';
  const sealed = lines.findIndex((line) => line.includes('"type":"sealed"'));
  expect(problemOf(await check(lines.toSpliced(sealed, 0, foreign)))).toMatch(/^stream-mismatch at 4: /);
});

test('[RECORD-34] what is cited without such bytes in the file is said to be unproven', async () => {
  const world = await citing(([first]) => [
    { id: 'f'.repeat(26), digest: 'a'.repeat(64) },
    { id: first?.id ?? '', digest: 'b'.repeat(64) },
  ]);
  const answer = await check(await exported(world, 'p1', VERIFIER));
  expect(answer.kind === 'whole' && answer.unproven).toEqual([
    expect.any(String),
    `what the evidence ${'f'.repeat(26)} says: it is cited, and the file has no such bytes of it`,
    `what the evidence ${world.cited[0]?.id} says: it is cited, and the file has no such bytes of it`,
    expect.any(String),
  ]);
});

test('[RECORD-16] a blob counts only after the entry that names it', async () => {
  const lines = await exported(await citing(), 'p1', VERIFIER);
  const blob = lines.find((line) => line.includes('"kind":"blob"')) ?? '';
  const moved = [lines[0] ?? '', blob, ...lines.slice(1).filter((line) => line !== blob)];
  expect(problemOf(await check(moved))).toMatch(/^blob-missing at /);
});

test('[RECORD-34, RECORD-15, L2] an export that nobody signed is never whole, and still found out when it is changed', async () => {
  const world = await citing();
  for (const proposal of ['p1', undefined]) {
    const lines = await exported(world, proposal);
    const header = JSON.parse(lines[0] ?? '') as ExportHeader;
    expect(header.signature).toBe(null);
    expect(Object.keys(header.head).sort()).toEqual(['hash', 'root', 'seq']);
    const answer = await check(lines);
    expect(answer.kind).toBe('unvouched');
    expect(answer.kind === 'unvouched' && answer.unproven[0]).toBe(
      'that the record stood so: nobody signed the head of this file',
    );
    expect(problemOf(await check(lines.filter((line) => !isOf('disk')(line))))).not.toBe('unvouched');
  }
  // Nor does a signed file become whole again once its signature is gone.
  const [first = '', ...rest] = await exported(world, 'p1', VERIFIER);
  const signed = JSON.parse(first) as ExportHeader;
  const { seq, hash, root } = signed.head;
  const stripped = JSON.stringify({ ...signed, head: { seq, hash, root }, signature: null });
  expect(problemOf(await check([stripped, ...rest]))).toBe('unvouched');
  await expect(check([JSON.stringify({ ...signed, signature: null }), ...rest])).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});
