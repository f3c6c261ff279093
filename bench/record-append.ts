/** How fast the record appends, alone and grouped, beside a bare insert into the same kind of file: `node bench/record-append.ts`. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore, sha256, systemClock, systemRandom } from '../src/adapters/index.ts';
import { drafted, following } from '../test/support/events.ts';
import { printReport, timed } from './report.ts';

const ALONE = 2_000;
const GROUPED = 20_000;
const CLIENTS = 64;

const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const body = JSON.stringify(drafted('p00000', 'target-of-p00000'));

/** The floor: one row a transaction, no chain, no projection, the same pragmas. */
function bareInserts(count: number, perTransaction: number): void {
  const database = new DatabaseSync(join(directory, `bare-${perTransaction}.db`));
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table if not exists events (seq integer primary key, body text)',
  );
  const insert = database.prepare('insert into events (body) values (?)');
  for (let done = 0; done < count; done += perTransaction) {
    database.exec('begin immediate');
    for (let index = 0; index < perTransaction; index += 1) insert.run(body);
    database.exec('commit');
  }
  database.close();
}

async function recordAppends(count: number, clients: number): Promise<void> {
  const path = join(directory, `record-${clients}.db`);
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const id = `p${next++}`;
      await store.log.append(following(id).next(drafted(id, `target-of-${id}`)));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await store.close();
}

try {
  bareInserts(200, 1);
  await recordAppends(200, 2);
  const bareAlone = ALONE / ((await timed(() => bareInserts(ALONE, 1))).ms / 1000);
  const alone = ALONE / ((await timed(() => recordAppends(ALONE, 1))).ms / 1000);
  const bareGrouped = GROUPED / ((await timed(() => bareInserts(GROUPED, CLIENTS))).ms / 1000);
  const grouped = GROUPED / ((await timed(() => recordAppends(GROUPED, CLIENTS))).ms / 1000);
  printReport({
    title: 'record: appends (every one durable: WAL, synchronous = full)',
    ratios: [
      { name: 'grouped appends per lone append', value: grouped / alone },
      { name: 'bare inserts per append, one at a time', value: bareAlone / alone },
      { name: `bare inserts per append, ${CLIENTS} at a time`, value: bareGrouped / grouped },
    ],
    measures: [
      { name: 'append, one client', value: alone, unit: 'events/s' },
      { name: `append, ${CLIENTS} clients`, value: grouped, unit: 'events/s' },
      { name: 'bare node:sqlite insert, one a transaction', value: bareAlone, unit: 'rows/s' },
      { name: `bare node:sqlite insert, ${CLIENTS} a transaction`, value: bareGrouped, unit: 'rows/s' },
    ],
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
