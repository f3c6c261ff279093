/** Tells which database and schema the `pg` backend keeps its states in, without user and password. */

import type { JsonObject } from '../../kernel/index.ts';

type Environment = Readonly<Record<string, string>>;
type Settings = ReadonlyMap<string, string>;

/** What else could name a server: a file that is not read here, or an address beside the name. */
const UNTOLD: readonly string[] = ['service', 'servicefile', 'hostaddr'];

/** The variables that could decide which database and schema is meant, but for the user's name. */
export const POSTGRES_VARIABLES: readonly string[] = [
  'PGDATABASE',
  'PGHOST',
  'PGHOSTADDR',
  'PGPORT',
  'PGSERVICE',
  'PGSERVICEFILE',
  'PG_CONN_STR',
  'PG_SCHEMA_NAME',
];

/**
 * Identifies the database of a `pg` backend by its connection string, and by the environment where that leaves something out.
 *
 * @returns host, port, dbname and schema_name, each left out where nobody can tell it
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING for both forms of the string
 */
export function postgresIdentity(config: JsonObject, environment: Environment): JsonObject {
  const schema = textOf(config['schema_name']) || environment['PG_SCHEMA_NAME'] || 'terraform_remote_state';
  const settings = readConnection(textOf(config['conn_str']) || environment['PG_CONN_STR'] || '');
  if (settings === undefined) return { schema_name: schema };
  const asked = (name: string, variable: string): string | undefined =>
    settings.get(name) || environment[variable] || undefined;
  const isUntold = UNTOLD.some((name) => asked(name, `PG${name.toUpperCase()}`) !== undefined);
  // A server takes the user's name where no database is named.
  const dbname = asked('dbname', 'PGDATABASE') ?? asked('user', 'PGUSER');
  return {
    ...(isUntold ? {} : { host: (asked('host', 'PGHOST') ?? 'localhost').toLowerCase() }),
    port: asked('port', 'PGPORT') ?? '5432',
    ...(dbname === undefined ? {} : { dbname }),
    schema_name: schema,
  };
}

/** Reads both forms of a connection string; `undefined` when it is neither, or says one thing twice: readers differ in which one counts. */
function readConnection(text: string): Settings | undefined {
  return /^postgres(ql)?:\/\//i.test(text) ? readUrl(text) : readPairs(text);
}

function readUrl(text: string): Settings | undefined {
  // It knows no port of its own for this scheme, so that one that is written stays.
  const url = URL.parse(text);
  if (url === null) return undefined;
  try {
    const parts = [
      ['user', url.username],
      ['host', url.hostname.replace(/^\[(.*)\]$/, '$1')],
      ['port', url.port],
      ['dbname', url.pathname.slice(1)],
    ].map(([name = '', value = '']) => [name, decodeURIComponent(value)] as const);
    return onceEach([...parts, ...url.searchParams].filter(([, value]) => value !== ''));
  } catch {
    // A broken percent sign: nobody can tell what it means.
    return undefined;
  }
}

const PAIR = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))\s*/y;

function readPairs(text: string): Settings | undefined {
  const settings: (readonly [string, string])[] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const [whole = '', name = '', quoted, plain = ''] = PAIR.exec(text) ?? [];
    if (whole === '') return text.trim() === '' ? new Map() : undefined;
    settings.push([name, (quoted ?? plain).replaceAll(/\\(.)/gs, '$1')]);
  }
  return onceEach(settings);
}

function onceEach(settings: readonly (readonly [string, string])[]): Settings | undefined {
  const told = new Map(settings);
  return told.size === settings.length ? told : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
