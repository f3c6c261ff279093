/**
 * Loaded before a program of ours (`node --import`): kills it with `kill -9` right after its DIE_AFTER_WRITEth durable write.
 *
 * A durable write is a commit of SQLite, or a file that took its name. What lies between two of them leaves no trace in the world.
 */

import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

let left = Number(process.env['DIE_AFTER_WRITE']);

function written(): void {
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

const prepare = DatabaseSync.prototype.prepare;
DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string): StatementSync {
  const statement = prepare.call(this, sql);
  if (sql !== 'commit') return statement;
  const run = statement.run.bind(statement);
  statement.run = () => {
    const changes = run();
    written();
    return changes;
  };
  return statement;
};

const rename = promises.rename;
promises.rename = async (from, to) => {
  await rename(from, to);
  written();
};
syncBuiltinESMExports();
