import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'vitest';
import { openSqliteStore, sha256, systemClock, systemRandom } from '../../../src/adapters/index.ts';
import { EVENT_LOG_CONTRACT as PROMISES, type RecordUnderTest } from '../../contracts/event-log.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function fresh(): Promise<RecordUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-store-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return open(join(directory, 'home', 'record.db'));
}

async function open(path: string): Promise<RecordUnderTest> {
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  cleanups.push(() => store.close());
  return { ...store, reopen: () => open(path) };
}

test('[RECORD-01] an empty record has a head of zeros', () => PROMISES.emptyHead(fresh));
test('[RECORD-01, L10] events chain in order and read back the same', () => PROMISES.chain(fresh, sha256));
test('[RECORD-01] a batch is appended as a whole', () => PROMISES.atomicBatch(fresh));
test('[RECORD-02] an append on an old view conflicts', () => PROMISES.conflicts(fresh));
test('[RECORD-31] a place has a row and a view of its own', () => PROMISES.placeConflicts(fresh));
test('[RECORD-02] in a shared commit each append is judged alone', () => PROMISES.groupedConflicts(fresh, sha256));
test('[RECORD-09] what could not be read back never gets in', () => PROMISES.unreadableNeverGetsIn(fresh));
test('[RECORD-01] events are found by stream, type and place', () => PROMISES.queries(fresh));
test('[RECORD-07] proposals are listed newest first', () => PROMISES.projections(fresh));
test('[RECORD-18] evidence stands in the same chain', () => PROMISES.evidence(fresh, sha256));
test('[RECORD-10] the raw record is what was hashed', () => PROMISES.rawSource(fresh, sha256));
test('[RECORD-01, RECORD-02, L10] any interleaving keeps the chain and every comment', () =>
  PROMISES.anyInterleaving(fresh, sha256));
