/** Reads the record: parsed for those who use it, raw for those who verify it. */

import type { ExpressionBuilder, Kysely } from 'kysely';
import { Failure, FREE_TARGET, invariant, type ProposalState, type TargetState } from '../../kernel/index.ts';
import {
  type ChainHead,
  type EventQuery,
  NO_HASH,
  type ProposalQuery,
  type ProposalRow,
  parseEvent,
  type RecordedEvent,
  type StoredEntry,
  type StoredProjection,
} from '../../record/index.ts';
import type { ProposalsTable, Tables } from './tables.ts';

/** An entry's columns under the entry's own names: a row is an entry then, and a million need no copying. */
const ENTRY_COLUMNS = [
  'seq',
  'stream',
  'stream_prev as streamPrev',
  'proposal',
  'target',
  'type',
  'at_ms as atMs',
  'actor',
  'body',
  'prev',
  'hash',
] as const;

/** Reads events by seq. @throws Failure `EVENT_UNREADABLE` */
export async function readEvents(db: Kysely<Tables>, query: EventQuery): Promise<readonly RecordedEvent[]> {
  expectLimit(query.limit, 10_000);
  const entries = await db
    .selectFrom('events')
    .select(ENTRY_COLUMNS)
    .where('seq', '>', query.afterSeq)
    .$if(query.stream !== undefined, (some) => some.where('stream', '=', query.stream ?? ''))
    .$if(query.types !== undefined, (some) => some.where('type', 'in', query.types ?? []))
    .orderBy('seq')
    .limit(query.limit)
    .execute();
  return entries.map(parseEvent);
}

/** Reads the tip of the chain. */
export async function readHead(db: Kysely<Tables>): Promise<ChainHead> {
  const row = await db.selectFrom('events').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? { seq: 0, hash: NO_HASH } : { seq: row.seq, hash: row.hash };
}

/** Reads entries as they lie there. */
export async function readEntries(
  db: Kysely<Tables>,
  query: { readonly stream?: string | undefined; readonly afterSeq: number; readonly limit: number },
): Promise<readonly StoredEntry[]> {
  expectLimit(query.limit, 10_000);
  return db
    .selectFrom('events')
    .select(ENTRY_COLUMNS)
    .where('seq', '>', query.afterSeq)
    .$if(query.stream !== undefined, (some) => some.where('stream', '=', query.stream ?? ''))
    .orderBy('seq')
    .limit(query.limit)
    .execute();
}

/** Reads what one proposal amounts to. */
export async function readProposal(db: Kysely<Tables>, id: string, path: string): Promise<ProposalRow | undefined> {
  const row = await db.selectFrom('proposals').selectAll().where('proposal', '=', id).executeTakeFirst();
  return row === undefined ? undefined : proposalRow(row, path);
}

/** Reads what proposals amount to, newest first. */
export async function readProposals(
  db: Kysely<Tables>,
  query: ProposalQuery,
  path: string,
): Promise<readonly ProposalRow[]> {
  expectLimit(query.limit, 1_000);
  const prefix = query.idPrefix ?? '';
  const rows = await db
    .selectFrom('proposals')
    .selectAll()
    .$if(query.states !== undefined, (some) => some.where('kind', 'in', query.states ?? []))
    .$if(query.target !== undefined, (some) => some.where('target', '=', query.target ?? ''))
    .$if(query.beforeSeq !== undefined, (some) => some.where('seq', '<', query.beforeSeq ?? 0))
    .$if(prefix !== '', (some) => some.where((where) => startsWith(where, prefix)))
    .orderBy('seq', 'desc')
    .limit(query.limit)
    .execute();
  return rows.map((row) => proposalRow(row, path));
}

/** Reads what one target amounts to; free at seq 0 when nothing ever happened to it. */
export async function readTarget(
  db: Kysely<Tables>,
  name: string,
  path: string,
): Promise<{ readonly state: TargetState; readonly seq: number }> {
  const row = await db.selectFrom('targets').selectAll().where('target', '=', name).executeTakeFirst();
  if (row === undefined) return { state: FREE_TARGET, seq: 0 };
  const { busy, held, reconciled } = parseState<TargetState>(row.state, `target ${name}`, path);
  const lock = { busy, held };
  return { state: reconciled === undefined ? lock : { ...lock, reconciled }, seq: row.seq };
}

/** Reads which proposals are summed up, and on which entry each sum rests. */
export async function readProposalSeqs(
  db: Kysely<Tables>,
  afterName: string,
  limit: number,
): Promise<readonly Omit<StoredProjection, 'state'>[]> {
  expectLimit(limit, 10_000);
  return db
    .selectFrom('proposals')
    .select(['proposal as name', 'target', 'seq'])
    .where('proposal', '>', afterName)
    .orderBy('proposal')
    .limit(limit)
    .execute();
}

/** How many names one statement asks for: always the same number, so that there is one statement to prepare. */
const NAMES_AT_ONCE = 100;

/** Reads the sums of proposals as they lie there. */
export async function readProposalProjections(
  db: Kysely<Tables>,
  names: readonly string[],
): Promise<readonly StoredProjection[]> {
  const rows: StoredProjection[] = [];
  for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
    const some = names.slice(at, at + NAMES_AT_ONCE);
    const padded = [...some, ...Array<string>(NAMES_AT_ONCE - some.length).fill(some[0] ?? '')];
    const found = await db
      .selectFrom('proposals')
      .select(['proposal as name', 'target', 'state', 'seq'])
      .where('proposal', 'in', padded)
      .execute();
    rows.push(...found);
  }
  return rows;
}

/** Reads the sums of targets as they lie there. */
export async function readTargetProjections(
  db: Kysely<Tables>,
  afterName: string,
  limit: number,
): Promise<readonly StoredProjection[]> {
  expectLimit(limit, 10_000);
  return db
    .selectFrom('targets')
    .select(['target as name', 'target', 'state', 'seq'])
    .where('target', '>', afterName)
    .orderBy('target')
    .limit(limit)
    .execute();
}

// A range instead of LIKE: it needs no escaping, and the index serves it. U+10FFFF sorts after every other character.
function startsWith(
  where: ExpressionBuilder<Tables, 'proposals'>,
  prefix: string,
): ReturnType<ExpressionBuilder<Tables, 'proposals'>['and']> {
  return where.and([where('proposal', '>=', prefix), where('proposal', '<', `${prefix}\u{10ffff}`)]);
}

function proposalRow(row: ProposalsTable, path: string): ProposalRow {
  return {
    proposal: row.proposal,
    target: row.target,
    state: parseState<ProposalState>(row.state, `proposal ${row.proposal}`, path),
    seq: row.seq,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function parseState<State>(text: string, whose: string, path: string): State {
  try {
    const state: unknown = JSON.parse(text);
    // Written by this store from such a state in the transaction that appended its events; the version of the tables says
    // which shape that was, and `record verify` names any row that differs from its events.
    return state as State;
  } catch (cause) {
    throw new Failure('STORE_UNREADABLE', `the summary of ${whose} can't be read`, {
      hint: 'countersign record verify tells whether the events are whole',
      where: path,
      cause,
    });
  }
}

function expectLimit(limit: number, most: number): void {
  invariant(Number.isInteger(limit) && limit >= 1 && limit <= most, `a page of ${limit} was asked for; 1 to ${most}`);
}
