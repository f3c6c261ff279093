/**
 * The driver for migrations of SQLite databases: rehearsed on a copy, sealed, run once in one transaction.
 *
 * The rehearsal and the real run are the same program doing the same statements; only the file differs.
 */

import {
  type CheckSpec,
  canonicalJson,
  type Fact,
  Failure,
  type Files,
  type HashFunction,
  isFailure,
  type Json,
  type Manifest,
  type Preview,
  type Processes,
  placeFact,
  type ToolIdentity,
  visibleLine,
} from '../../kernel/index.ts';
import { absolutePath } from '../argv/locate-tool.ts';
import type { Driver, ExecutionCommand, OpenedBundle, PlanAnswer, PlanRequest } from '../driver.ts';
import { blobOf, corruptBundle, inRunDirectory, textOf } from '../opened-bundle.ts';
import type { DatabaseShape, Databases, MigrationProgram } from './databases.ts';
import { migrationOrder } from './migration-order.ts';
import { migrationOutcome } from './migration-outcome.ts';
import { readMigration } from './read-migration.ts';
import { parseRehearsal, type Rehearsal } from './rehearsal.ts';
import { rehearsalCheck } from './rehearsal-check.ts';
import { rehearsalPreview } from './rehearsal-preview.ts';
import { type Rehearsing, rehearse } from './rehearse.ts';

/** What the driver works with. */
export type SqliteParts = {
  readonly databases: Databases;
  readonly processes: Processes;
  readonly files: Files;
  readonly hash: HashFunction;
  readonly program: MigrationProgram;
};

const MOST_MIGRATION_BYTES = 4 * 1024 * 1024;
const MOST_PROGRAM_BYTES = 512 * 1024 * 1024;
const ORDER = '{run}/order.json';

/** Opens the driver for SQLite migrations. Its argv is the database's path and the migration file's path. */
export function sqliteDriver(parts: SqliteParts): Driver {
  return {
    name: 'sqlite',
    identify: (request) => identify(parts, request),
    plan: (request) => plan(parts, request),
    probe: (manifest) => probe(parts, manifest),
    materialise: (bundle) => materialise(parts, bundle),
    // The tables that a migration touches are facts, with every row.
    drift: async () => [],
    preview: async (bundle) => previewOf(bundle),
    command: (bundle) => command(parts, bundle),
    observe: async (bundle, trace) => migrationOutcome(previewOf(bundle), trace),
    secrets: () => [],
  };
}

type Source = { readonly database: string; readonly file: string; readonly content: Uint8Array };

async function identify(
  parts: SqliteParts,
  request: Omit<PlanRequest, 'scratch'>,
): Promise<{ readonly argv: readonly string[]; readonly sourceDigest: string }> {
  const [database = '', file = ''] = request.argv.map((path) => absolutePath(request.directory, path));
  const content = await parts.files.read(file, MOST_MIGRATION_BYTES).catch(() => undefined);
  return {
    argv: [(await parts.files.realPath(database)) ?? database, file],
    sourceDigest: parts.hash(content ?? 'no migration'),
  };
}

async function plan(parts: SqliteParts, request: PlanRequest): Promise<PlanAnswer> {
  const source = await readSource(parts, request);
  if ('kind' in source) return source;
  const text = decode(source.content);
  if (text === undefined) {
    return unplannable(`${source.file} is not UTF-8 text`, 'save the migration as UTF-8');
  }
  const reading = readMigration(text);
  if (reading.kind === 'unfit') {
    return unplannable(`${source.file}:${reading.line}:${reading.column}: ${reading.why}`, reading.next);
  }
  try {
    const program = await programIdentity(parts);
    const answer = await rehearse(parts, { ...source, reading, scratch: request.scratch });
    return answer.kind === 'rehearsed' ? sealed(parts, { ...source, text, program, answer }) : answer;
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return unplannable(thrown.message, thrown.hint);
  }
}

async function readSource(
  parts: SqliteParts,
  request: PlanRequest,
): Promise<Source | Extract<PlanAnswer, { readonly kind: 'unplannable' }>> {
  const [databasePath, file, ...rest] = request.argv.map((path) => absolutePath(request.directory, path));
  if (databasePath === undefined || file === undefined || rest.length > 0) {
    return unplannable('a migration needs a database and a file', 'name both: --database FILE --migration FILE');
  }
  const database = await parts.files.realPath(databasePath);
  if (database === undefined) {
    return unplannable(`there is no database at ${databasePath}`, 'check --database; a migration makes no new file');
  }
  const content = await parts.files.read(file, MOST_MIGRATION_BYTES).catch((thrown: unknown) => {
    if (isFailure(thrown)) return thrown;
    throw thrown;
  });
  if (isFailure(content)) return unplannable(content.message, content.hint);
  if (content === undefined) return unplannable(`there is no migration at ${file}`, 'check --migration');
  return { database, file, content };
}

type Rehearsed = Source & { readonly text: string; readonly program: ToolIdentity; readonly answer: Rehearsing };

function sealed(parts: SqliteParts, found: Rehearsed): PlanAnswer {
  const { rehearsal } = found.answer;
  return {
    kind: 'planned',
    tool: found.program,
    argv: migrationArguments(parts, found.database),
    environmentVariables: {},
    facts: factsOf(found.database, rehearsal.before, found.program, found.answer.scriptDigest),
    preview: rehearsalPreview(rehearsal, found.text, { database: found.database, tool: found.program }),
    checks: checksOf(found.database, rehearsal, found.text),
    blobs: [
      { name: 'migration', content: found.content, readers: 'everybody' },
      // A rehearsal is JSON by construction: its type has nothing else.
      { name: 'rehearsal', content: Buffer.from(canonicalJson(rehearsal as Json)), readers: 'everybody' },
    ],
    sourceDigest: parts.hash(found.content),
  };
}

function checksOf(database: string, rehearsal: Rehearsal, text: string): readonly CheckSpec[] {
  const check = rehearsalCheck(database, rehearsal, text);
  return check === undefined ? [] : [check];
}

function factsOf(database: string, shape: DatabaseShape, program: ToolIdentity, scriptDigest: string): readonly Fact[] {
  return [
    { name: DATABASE_FACT, role: 'binding', value: database },
    placeFact({ kind: 'sqlite', path: database }),
    { name: 'sqlite.application-id', role: 'binding', value: shape.applicationId },
    { name: 'sqlite.schema-digest', role: 'version', value: shape.schemaDigest },
    ...shape.tables.map(
      (table): Fact => ({
        name: `${TABLE_FACT}${table.name}`,
        role: 'version',
        value: { rows: table.rows, digest: table.digest },
      }),
    ),
    { name: 'tool.digest', role: 'version', value: program.digest },
    { name: 'sqlite.program-digest', role: 'version', value: scriptDigest },
  ];
}

const DATABASE_FACT = 'sqlite.path';
const TABLE_FACT = 'sqlite.table.';

// Only what the migration touches is compared: a service that goes on writing elsewhere makes nothing stale.
async function probe(parts: SqliteParts, manifest: Manifest): Promise<readonly Fact[]> {
  const program = await programIdentity(parts, manifest.tool.path);
  const [script = '', sealedPath = ''] = manifest.argv;
  const database = await parts.files.realPath(sealedPath);
  if (database === undefined) return [{ name: 'tool.digest', role: 'version', value: program.digest }];
  const names = manifest.facts.flatMap((fact) =>
    fact.name.startsWith(TABLE_FACT) ? [fact.name.slice(TABLE_FACT.length)] : [],
  );
  const shape = await parts.databases.inspect(database, names);
  return factsOf(database, shape, program, await digestOf(parts, script));
}

async function programIdentity(parts: SqliteParts, path: string = parts.program.node): Promise<ToolIdentity> {
  return { path, digest: await digestOf(parts, path), version: parts.program.nodeVersion };
}

async function digestOf(parts: SqliteParts, path: string): Promise<string> {
  const digest = await parts.files.digest(path, MOST_PROGRAM_BYTES);
  if (digest !== undefined) return digest;
  throw new Failure('TOOL_MISSING', `${path} is gone`, {
    hint: 'install Countersign and Node as they were, or propose the change anew',
    where: path,
  });
}

async function materialise(parts: SqliteParts, bundle: OpenedBundle): Promise<void> {
  const reading = readMigration(textOf(bundle, 'migration'));
  if (reading.kind === 'unfit') throw corruptBundle(bundle, 'its migration is not one');
  const order = migrationOrder(reading, rehearsalOf(bundle).before);
  // An order is JSON by construction: its type has nothing else.
  await parts.files.write(inRunDirectory(bundle, ORDER), canonicalJson(order as Json), 0o600);
}

function previewOf(bundle: OpenedBundle): Preview {
  const place = { database: sealedDatabase(bundle), tool: bundle.manifest.tool };
  return rehearsalPreview(rehearsalOf(bundle), textOf(bundle, 'migration'), place);
}

// The bundle names program, arguments and environment, and decides none of them: they are this runner's own, or nothing runs.
function command(parts: SqliteParts, bundle: OpenedBundle): ExecutionCommand {
  const { tool, argv, environmentVariables } = bundle.manifest;
  const expected = migrationArguments(parts, sealedDatabase(bundle));
  if (tool.path !== parts.program.node) throw forged(bundle, `its program is ${visibleLine(tool.path)}`);
  if (argv.join('\0') !== expected.join('\0')) throw forged(bundle, 'its arguments are not those of a migration here');
  const [variable] = Object.keys(environmentVariables);
  if (variable !== undefined)
    throw forged(bundle, `a migration has no environment, and it sets ${visibleLine(variable)}`);
  return {
    file: parts.program.node,
    args: expected.map((argument) => inRunDirectory(bundle, argument)),
    directory: bundle.runDirectory,
    environment: {},
  };
}

function migrationArguments(parts: SqliteParts, database: string): readonly string[] {
  return [parts.program.script, database, ORDER];
}

function sealedDatabase(bundle: OpenedBundle): string {
  const value = bundle.manifest.facts.find((fact) => fact.name === DATABASE_FACT)?.value;
  if (typeof value === 'string') return value;
  throw corruptBundle(bundle, `it lacks the fact ${DATABASE_FACT}`);
}

function forged(bundle: OpenedBundle, why: string): Failure {
  const { proposal } = bundle.manifest;
  return new Failure('BLOB_CORRUPT', `the sealed command of ${proposal} is not this runner's migration: ${why}`, {
    hint: 'propose anew if Node or Countersign was moved since; otherwise treat it as a forgery; nothing ran',
    where: proposal,
  });
}

function rehearsalOf(bundle: OpenedBundle): Rehearsal {
  return parseRehearsal(blobOf(bundle, 'rehearsal'));
}

function decode(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

function unplannable(why: string, next: string): Extract<PlanAnswer, { readonly kind: 'unplannable' }> {
  return { kind: 'unplannable', why, next, text: '' };
}
