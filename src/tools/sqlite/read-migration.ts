/** Reads a migration: which statements it has, and whether all of them can be undone together. */

import { type SqlStatement, splitStatements } from './split-statements.ts';

/** A migration that stays within one transaction, or the place where it does not. */
export type MigrationReading =
  | {
      readonly kind: 'migration';
      readonly statements: readonly Pick<SqlStatement, 'sql' | 'line' | 'column'>[];
      /** `off` when the text itself turned them off, as migrations that rebuild tables do. */
      readonly foreignKeys: 'on' | 'off';
    }
  | {
      readonly kind: 'unfit';
      readonly line: number;
      readonly column: number;
      readonly why: string;
      readonly next: string;
    };

const LEAVING: Readonly<Record<string, string>> = {
  BEGIN: 'opens a transaction of its own',
  COMMIT: 'ends the transaction',
  END: 'ends the transaction',
  ROLLBACK: 'ends the transaction',
  SAVEPOINT: 'opens a transaction of its own',
  RELEASE: 'ends a transaction',
  VACUUM: 'can not run inside a transaction',
  ATTACH: 'reaches another database',
  DETACH: 'reaches another database',
};

const OFF: ReadonlySet<string> = new Set(['OFF', '0', 'FALSE', 'NO']);
const ON: ReadonlySet<string> = new Set(['ON', '1', 'TRUE', 'YES']);
const PRAGMAS_WITHIN: ReadonlySet<string> = new Set(['USER_VERSION', 'DEFER_FOREIGN_KEYS']);

/**
 * Reads a migration's text.
 *
 * `PRAGMA foreign_keys = OFF` and `= ON` are taken as a wish, not run: inside a transaction SQLite ignores them.
 */
export function readMigration(text: string): MigrationReading {
  const split = splitStatements(text);
  if (split.kind === 'unterminated') {
    const { what, line, column } = split;
    const isNul = what.includes('NUL');
    return {
      kind: 'unfit',
      line,
      column,
      why: isNul ? 'a NUL character: SQLite reads no further' : `${what} is never closed`,
      next: isNul ? 'leave it out' : 'close it',
    };
  }
  const wishes = split.statements.filter(isForeignKeyWish);
  const statements = split.statements.filter((statement) => !isForeignKeyWish(statement));
  const unfit = statements.find((statement) => whyUnfit(statement) !== undefined);
  if (unfit !== undefined) {
    return { kind: 'unfit', line: unfit.line, column: unfit.column, ...why(unfit) };
  }
  if (statements.length === 0) {
    return { kind: 'unfit', line: 1, column: 1, why: 'there is no statement in it', next: 'write the migration' };
  }
  return {
    kind: 'migration',
    statements: statements.map(({ sql, line, column }) => ({ sql, line, column })),
    foreignKeys: wishes.some((wish) => OFF.has(wish.words.at(-1) ?? '')) ? 'off' : 'on',
  };
}

// Exactly the switch and nothing that merely mentions it: every other statement runs or is refused, none is passed over.
function isForeignKeyWish(statement: SqlStatement): boolean {
  const [pragma, name, value, ...rest] = statement.words.filter((word) => word !== 'MAIN');
  const isSwitch = pragma === 'PRAGMA' && name === 'FOREIGN_KEYS' && rest.length === 0;
  return isSwitch && value !== undefined && (OFF.has(value) || ON.has(value));
}

function why(statement: SqlStatement): { readonly why: string; readonly next: string } {
  return {
    why: whyUnfit(statement) ?? '',
    next: 'leave it out: the whole migration runs in one transaction that is opened and committed for you',
  };
}

function whyUnfit(statement: SqlStatement): string | undefined {
  const [first = '', second = '', third = ''] = statement.words;
  const leaving = LEAVING[first];
  if (leaving !== undefined) return `${first} ${leaving}`;
  if (statement.words.includes('LOAD_EXTENSION')) return 'load_extension runs foreign code';
  if (first !== 'PRAGMA') return undefined;
  const pragma = second === 'MAIN' ? third : second;
  return PRAGMAS_WITHIN.has(pragma) ? undefined : `PRAGMA ${pragma.toLowerCase()} is not undone with the transaction`;
}
