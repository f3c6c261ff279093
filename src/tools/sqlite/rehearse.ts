/** Rehearses a migration: the real program, the real statements, on a copy that nobody else sees. */

import {
  canonicalJson,
  Failure,
  type Files,
  type HashFunction,
  type Json,
  type Processes,
  visibleLine,
} from '../../kernel/index.ts';
import type { PlanAnswer } from '../driver.ts';
import type { Databases, MigrationEvent, MigrationProgram, Touched } from './databases.ts';
import { readMigrationEvents } from './migration-events.ts';
import { migrationOrder } from './migration-order.ts';
import type { MigrationReading } from './read-migration.ts';
import { changesNothing, type Rehearsal } from './rehearsal.ts';

/** What rehearsing works with. */
export type RehearseParts = {
  readonly databases: Databases;
  readonly processes: Processes;
  readonly files: Files;
  readonly hash: HashFunction;
  readonly program: MigrationProgram;
};

/** What to rehearse, and where. */
export type RehearseRequest = {
  readonly database: string;
  /** The migration's path, for messages. */
  readonly file: string;
  readonly reading: Extract<MigrationReading, { readonly kind: 'migration' }>;
  readonly scratch: string;
};

/** A rehearsal that went through. */
export type Rehearsing = {
  readonly kind: 'rehearsed';
  readonly rehearsal: Rehearsal;
  readonly scriptDigest: string;
};

type Unplannable = Extract<PlanAnswer, { readonly kind: 'unplannable' }>;

const TIMEOUT_MS = 300_000;
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;
const MOST_SCRIPT_BYTES = 1024 * 1024;

/**
 * Rehearses.
 *
 * @returns what the copy was before and after; or why it can't be run, with the statement's place
 * @throws Failure `NOT_FOUND`, `TOOL_FAILED` when the database can't be read or copied
 */
export async function rehearse(parts: RehearseParts, request: RehearseRequest): Promise<Rehearsing | Unplannable> {
  const { scratch, reading } = request;
  const [before, after, orderFile] = [`${scratch}/before.db`, `${scratch}/after.db`, `${scratch}/order.json`];
  await parts.databases.copy(request.database, before);
  await parts.files.copy(before, after);
  // An order is JSON by construction: its type has nothing else.
  await parts.files.write(orderFile, canonicalJson(migrationOrder(reading, undefined) as Json), 0o600);
  const script = await parts.files.read(parts.program.script, MOST_SCRIPT_BYTES);
  const result = await parts.processes.run({
    file: parts.program.node,
    args: [parts.program.script, after, orderFile],
    directory: scratch,
    environment: {},
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_OUTPUT_BYTES,
  });
  const { events } = readMigrationEvents(result.stdout);
  const touched = events.find((event) => event.event === 'touched');
  if (script === undefined || events.at(-1)?.event !== 'committed' || touched === undefined) {
    const words = new TextDecoder().decode(result.stderr);
    return whyNot(request, events.at(-1), result.isTimedOut ? 'it took longer than five minutes' : words);
  }
  const rehearsal = await compare(parts, { before, after }, touched, reading.foreignKeys);
  if (!changesNothing(rehearsal)) return { kind: 'rehearsed', rehearsal, scriptDigest: parts.hash(script) };
  return {
    kind: 'unplannable',
    why: `${request.file} changes nothing in ${request.database}`,
    next: 'see whether it was applied already',
    text: '',
  };
}

async function compare(
  parts: RehearseParts,
  copies: { readonly before: string; readonly after: string },
  said: Touched,
  foreignKeys: Rehearsal['foreignKeys'],
): Promise<Rehearsal> {
  const touched = { tables: said.tables, deletedFrom: said.deletedFrom, functions: said.functions };
  const schema = await parts.databases.inspect(copies.before, []);
  const known = schema.schema.flatMap((object) => (object.type === 'table' ? [object.name] : []));
  const then = await parts.databases.inspect(copies.after, []);
  const added = then.schema.flatMap((object) =>
    object.type === 'table' && !known.includes(object.name) ? [object.name] : [],
  );
  return {
    schema: 'countersign.rehearsal/1',
    before: await parts.databases.inspect(copies.before, touched.tables),
    after: await parts.databases.inspect(copies.after, [...touched.tables, ...added]),
    touched,
    foreignKeys,
  };
}

function whyNot(request: RehearseRequest, last: MigrationEvent | undefined, words: string): Unplannable {
  if (last?.event === 'rolled-back') {
    return {
      kind: 'unplannable',
      why: `${request.file}:${last.line ?? 1}:${last.column ?? 1}: ${visibleLine(last.why)}`,
      next: nextFor(last.rule),
      text: '',
    };
  }
  if (last?.event === 'not-begun') {
    return {
      kind: 'unplannable',
      why: `the rehearsal of ${request.file} could not begin: ${visibleLine(last.why)}`,
      next: 'see that the file is a SQLite database',
      text: '',
    };
  }
  throw new Failure('TOOL_FAILED', `the rehearsal of ${request.file} ended without an answer: ${visibleLine(words)}`, {
    hint: 'see that there is room for a copy of the database, then propose again',
    where: request.file,
  });
}

function nextFor(rule: Extract<MigrationEvent, { readonly event: 'rolled-back' }>['rule']): string {
  switch (rule) {
    case 'statement-failed':
      return 'correct the statement; nothing was changed';
    case 'statement-forbidden':
      return 'leave it out: the whole migration runs in one transaction that is opened and committed for you';
    case 'foreign-keys':
      return 'keep what the rows point at, or change them in the same migration';
    case 'database-changed':
      return 'propose the change again';
  }
}
