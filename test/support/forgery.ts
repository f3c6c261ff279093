/** What somebody who can write to the store file could do to it, with nothing but SQLite. */

import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

export type Row = {
  seq: number;
  stream: string;
  stream_prev: number;
  proposal: string;
  target: string;
  type: string;
  at_ms: number;
  actor: string;
  body: string;
  prev: string;
  hash: string;
};

/** Runs SQL on the file of a store. */
export function tamper(path: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(path);
  for (const statement of statements) database.exec(statement);
  database.close();
}

/** Reads all rows, changes them, and writes them back, whatever that does to the chain. */
export function rewrite(path: string, change: (rows: Row[]) => Row[]): void {
  const database = new DatabaseSync(path);
  // The columns of the table, as its migration makes them.
  const rows = database.prepare('select * from events order by seq').all() as unknown as Row[];
  const changed = change(rows.map((row) => ({ ...row })));
  database.exec('delete from events');
  for (const row of changed) {
    const names = Object.keys(row);
    const insert = database.prepare(`insert into events (${names}) values (${names.map(() => '?')})`);
    insert.run(...Object.values(row));
  }
  database.close();
}

/** Numbers and hashes rows anew, from the first to the last, as a forger who knows the format would. */
export function rehashed(rows: Row[], alsoStreams = true): Row[] {
  let prev = '0'.repeat(64);
  const newest = new Map<string, number>();
  return rows.map((row, index) => {
    const seq = index + 1;
    const stream_prev = alsoStreams ? (newest.get(row.stream) ?? 0) : row.stream_prev;
    newest.set(row.stream, seq);
    const text =
      `{"actor":${row.actor},"atMs":${row.at_ms},"body":${row.body},"prev":"${prev}",` +
      `"schema":"countersign.event/1","seq":${seq},"stream":${JSON.stringify(row.stream)},"streamPrev":${stream_prev}}`;
    const hash = createHash('sha256').update(text).digest('hex');
    const forged = { ...row, seq, stream_prev, prev, hash };
    prev = hash;
    return forged;
  });
}
