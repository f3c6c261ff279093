import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBlobs, openSqliteStore, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import { recordEvidence, verifyRecord } from '../../src/record/index.ts';
import { expectChain } from '../contracts/event-log.ts';
import { ANN, everything } from '../support/events.ts';
import { afterwards, temporaryDirectory } from '../support/temporary.ts';

test('[RECORD-18, RECORD-13, L11] evidence has an id and the digest of its masked bytes, in the chain', async () => {
  const directory = temporaryDirectory();
  const clock = { ...systemClock(), nowMs: () => 42 };
  const parts = { path: join(directory, 'record.db'), clock, random: systemRandom(), hash: sha256 };
  const store = await openSqliteStore(parts);
  afterwards(() => store.close());
  const blobs = openBlobs({ directory: join(directory, 'blobs') });
  const evidence = { evidence: store.evidence, blobs, clock, random: systemRandom() };
  const content = new TextEncoder().encode('password hunter22\n');
  const seen = { source: 'run', about: 'curl -u ann:hunter22\u001b[2J', content, secrets: ['hunter22'] } as const;
  const cited = await recordEvidence(evidence, ANN, seen);
  const again = await recordEvidence(evidence, ANN, seen);
  expect(cited).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{26}$/),
    digest: sha256('password (sensitive)\n'),
    sizeBytes: 21,
    seq: 1,
  });
  expect(again).toMatchObject({ digest: cited.digest, seq: 2 });
  expect(again.id).not.toBe(cited.id);
  expect(Buffer.from(await blobs.get(cited.digest)).toString()).toBe('password (sensitive)\n');
  const [event] = await store.log.read({ afterSeq: 0, limit: 1 });
  expect(event).toMatchObject({
    stream: `evidence:${cited.id}`,
    atMs: 42,
    actor: ANN,
    body: { source: 'run', about: 'curl -u ann:(sensitive)⟨U+001B⟩[2J' },
  });
  expectChain(await everything(store.log), sha256);
  const look = (): Promise<unknown> =>
    verifyRecord({ source: store.source, hash: sha256, earlier: [], depth: { kind: 'everything', blobs, trust: {} } });
  expect(await look()).toMatchObject({ kind: 'whole', checked: 2 });
  await blobs.destroy(cited.digest);
  expect(await look()).toMatchObject({ kind: 'broken', problem: { kind: 'blob-missing', seq: 1 } });
});
