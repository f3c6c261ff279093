/** Real databases in a fresh directory, and the driver over real processes. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrationProgram, nodeDatabases, openMachine } from '../../src/adapters/index.ts';
import type { Manifest } from '../../src/kernel/index.ts';
import {
  type Driver,
  type OpenedBundle,
  type PlanAnswer,
  type PlanRequest,
  sqliteDriver,
} from '../../src/tools/index.ts';

const machine = openMachine();

/** A directory with one database in it. */
export type SqliteWorld = {
  readonly directory: string;
  readonly database: string;
  readonly driver: Driver;
  /** Runs SQL on the database itself. */
  exec(sql: string): void;
  /** The first column of every row. */
  column(sql: string): readonly unknown[];
  plan(migration: string, more?: Partial<PlanRequest>): Promise<PlanAnswer>;
  /** Plans what must be plannable, and opens its bundle as a runner does. */
  bundle(migration: string): Promise<OpenedBundle & { readonly planned: Planned }>;
  close(): void;
};

/** A plan that worked. */
export type Planned = Extract<PlanAnswer, { readonly kind: 'planned' }>;

/** Opens a world whose database was made by some SQL. */
export function openSqliteWorld(sql: string): SqliteWorld {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'));
  const database = join(directory, 'shop.db');
  const driver = sqliteDriver({ ...machine, databases: nodeDatabases(), program: migrationProgram() });
  const exec = (text: string): void => using(database, (db) => db.exec(text));
  exec(sql);
  const plan = async (migration: string, more: Partial<PlanRequest> = {}): Promise<PlanAnswer> => {
    writeFileSync(join(directory, 'change.sql'), migration);
    return await driver.plan({ ...request(directory), ...more });
  };
  return {
    directory,
    database,
    driver,
    exec,
    column: (text) =>
      using(database, (db) =>
        db
          .prepare(text)
          .all()
          .map((row) => Object.values(row)[0]),
      ),
    plan,
    bundle: async (migration) => opened(directory, await plan(migration)),
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Runs what the driver would run, to its end. */
export function runCommand(driver: Driver, bundle: OpenedBundle): ReturnType<typeof spawnSync> {
  const { file, args, directory, environment } = driver.command(bundle);
  return spawnSync(file, [...args], { cwd: directory, env: { ...environment } });
}

function request(directory: string): PlanRequest {
  const scratch = mkdtempSync(join(directory, 'scratch-'));
  return {
    proposal: 'p-0123456789',
    directory,
    argv: ['shop.db', 'change.sql'],
    environment: {},
    secretVariables: [],
    scratch,
  };
}

function opened(directory: string, planned: PlanAnswer): OpenedBundle & { readonly planned: Planned } {
  if (planned.kind !== 'planned') throw new TypeError(`unplannable: ${planned.why}`);
  const runDirectory = mkdtempSync(join(directory, 'run-'));
  mkdirSync(runDirectory, { recursive: true });
  const manifest: Manifest = {
    schema: 'countersign.bundle/1',
    proposal: 'p-0123456789',
    target: 'shop',
    environment: 'sandbox',
    driver: 'sqlite',
    intent: 'a test',
    proposer: { kind: 'person', name: 'ann' },
    tool: planned.tool,
    argv: planned.argv,
    directory,
    environmentVariables: planned.environmentVariables,
    secretVariables: [],
    facts: planned.facts,
    checks: planned.checks,
    runner: { name: 'runner', key: 'none', account: 'none' },
    blobs: [],
    previewDigest: '0'.repeat(64),
    sealedAtMs: 0,
  };
  return { manifest, blobs: new Map(planned.blobs.map(({ name, content }) => [name, content])), runDirectory, planned };
}

function using<T>(path: string, act: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return act(database);
  } finally {
    database.close();
  }
}
