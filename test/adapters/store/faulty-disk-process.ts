/**
 * Appends on a disk that fails: `node faulty-disk-process.ts DIRECTORY full|failing`.
 *
 * Prints one line of JSON: how many events were acknowledged, what the failures said, and what was there afterwards.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../../../src/adapters/index.ts';
import { isFailure } from '../../../src/kernel/index.ts';
import { verifyRecord } from '../../../src/record/index.ts';
import { commented, drafted, following } from '../../support/events.ts';

const [directory = '', mode] = process.argv.slice(2);
const path = join(directory, 'home', 'record.db');
const open = (): Promise<Store> =>
  openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });

async function append(store: Store, index: number): Promise<number> {
  const id = `p${index}`;
  const answer = await store.log.append(
    following(id).next(drafted(id, `target-of-${id}`), commented('x'.repeat(mode === 'full' ? 4_000 : 10))),
  );
  return answer.kind === 'appended' ? answer.events.length : 0;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'appended',
    (thrown: unknown) => (isFailure(thrown) ? thrown.code : String(thrown)),
  );
}

if (mode === 'full') writeFileSync(join(directory, 'filler'), 'x'.repeat(1024 * 1024));
const store = await open();
let acknowledged = 0;
let failure = 'none';
for (let index = 0; index < 500 && failure === 'none'; index += 1) {
  failure = await codeOf(append(store, index).then((count) => (acknowledged += count)));
  if (failure === 'appended') failure = 'none';
}
const seen = (await store.log.head()).seq;
if (mode === 'failing') {
  const again = await codeOf(append(store, 1_000));
  process.stdout.write(`${JSON.stringify({ acknowledged, failure, seen, again })}\n`, () =>
    process.kill(process.pid, 'SIGKILL'),
  );
} else {
  rmSync(join(directory, 'filler'));
  const again = await codeOf(append(store, 1_000));
  await store.close();
  const reopened = await open();
  const found = (await reopened.log.head()).seq;
  const verified = (
    await verifyRecord({ source: reopened.source, hash: sha256, depth: { kind: 'meaning' }, earlier: [] })
  ).kind;
  const afterwards = await codeOf(append(reopened, 2_000));
  await reopened.close();
  process.stdout.write(`${JSON.stringify({ acknowledged, failure, seen, again, found, verified, afterwards })}\n`);
}
