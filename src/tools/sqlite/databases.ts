/** The port of SQLite databases: what is in one, and a faithful copy of one. Never a change to one. */

import type { Json, Sha256Hex } from '../../kernel/index.ts';

/** One entry of the schema that a person wrote; SQLite's own (`sqlite_…`) are left out. */
export type SchemaObject = {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  /** The table that an index or trigger belongs to; a table's own name. */
  readonly table: string;
  /** The statement that made it, as SQLite keeps it. */
  readonly sql: string;
};

/** One column of a table. */
export type TableColumn = { readonly name: string; readonly type: string };

/** What a table holds. */
export type TableContent = {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  /** Digest of every row, whatever their order. */
  readonly digest: Sha256Hex;
};

/** A database at one moment, read in one transaction. */
export type DatabaseShape = {
  readonly applicationId: number;
  readonly userVersion: number;
  /** Digest of `userVersion` and `schema`. */
  readonly schemaDigest: Sha256Hex;
  /** By type and name. */
  readonly schema: readonly SchemaObject[];
  /** Of the tables that were asked for and exist, by name. */
  readonly tables: readonly TableContent[];
};

/** An answer to a SELECT. Blobs are lower-case hex; integers beyond 2^53 are decimal text. */
export type QueryAnswer = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  /** More rows were there than were asked for. */
  readonly isTruncated: boolean;
};

/** Reads SQLite databases; opens them read-only, so that nothing is ever created or changed. */
export interface Databases {
  /**
   * The schema, and the content of some tables.
   *
   * @param tables  names, or `all`
   * @throws Failure `NOT_FOUND` no such file, `TOOL_FAILED` not a database, locked for more than ten seconds, or unreadable
   */
  inspect(path: string, tables: readonly string[] | 'all'): Promise<DatabaseShape>;
  /**
   * Copies page by page, with everything that was committed, while others go on writing.
   *
   * @throws Failure `NOT_FOUND`, `TOOL_FAILED`; also when the copy's disk is full
   */
  copy(from: string, to: string): Promise<void>;
  /**
   * Puts one reading statement. Anything but a read is refused by SQLite itself.
   *
   * @param maxRows  1 to 100 000
   * @throws Failure `NOT_FOUND`, `TOOL_FAILED` with SQLite's own words
   */
  query(path: string, sql: string, maxRows: number): Promise<QueryAnswer>;
}

/** The program that runs a migration: Node itself, and our script for it. */
export type MigrationProgram = { readonly node: string; readonly nodeVersion: string; readonly script: string };

/** What of a database must still be so when the transaction has begun; JSON, so that it can be sealed. */
export type ShapeExpectation = {
  readonly schemaDigest: Sha256Hex;
  readonly tables: readonly Pick<TableContent, 'name' | 'rows' | 'digest'>[];
};

/** What the program is to do, as JSON in the file that its second argument names. */
export type MigrationOrder = {
  readonly schema: 'countersign.migration/1';
  readonly expect: ShapeExpectation | null;
  /** `off` for migrations that rebuild tables: violations are then looked for before the commit. */
  readonly foreignKeys: 'on' | 'off';
  /** How long others may keep the database locked before the program gives up, with nothing begun. */
  readonly waitForLockMs: number;
  readonly statements: readonly { readonly sql: string; readonly line: number; readonly column: number }[];
};

/**
 * What the program says, one JSON object a line on standard output.
 *
 * `committing` is written before the commit and `committed` after it: a stream that ends between the two leaves it open.
 * `not-begun` and `rolled-back` are said only when the database is known to be as it was.
 */
export type MigrationEvent =
  | { readonly event: 'began' }
  | { readonly event: 'statement'; readonly number: number; readonly line: number }
  | ({ readonly event: 'touched' } & Touched)
  | { readonly event: 'committing' }
  | { readonly event: 'committed' }
  | { readonly event: 'not-begun'; readonly why: string }
  | {
      readonly event: 'rolled-back';
      readonly why: string;
      readonly line?: number | undefined;
      readonly column?: number | undefined;
      readonly rule: MigrationRule;
    };

/** What the statements touched, directly, through triggers or through foreign keys; SQLite's compiler says so. By name. */
export type Touched = {
  readonly tables: readonly string[];
  /** The tables among them that rows are deleted from. */
  readonly deletedFrom: readonly string[];
  /** Functions that were called, lower-case. */
  readonly functions: readonly string[];
};

/** Why it was rolled back: SQLite's own error, a statement that may not be in a migration, or a database that changed. */
export type MigrationRule = 'statement-failed' | 'statement-forbidden' | 'database-changed' | 'foreign-keys';
