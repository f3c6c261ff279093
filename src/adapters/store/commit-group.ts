/** Appends a group of requests inside one write transaction: expectations, chain, events, projections. */

import { CompiledQuery, type Kysely } from 'kysely';
import { canonicalJson, type HashFunction, invariant, type Json } from '../../kernel/index.ts';
import {
  type AppendAnswer,
  type AppendBatch,
  type ChainHead,
  type EvidenceNote,
  type LinkedEvent,
  linkEvents,
  NO_HASH,
  type StoredEntry,
} from '../../record/index.ts';
import { type Judged, judgeAlone } from './append-queue.ts';
import type { ProposalsTable, Tables, TargetsTable } from './tables.ts';

/** What can be appended. */
export type AppendRequest =
  | { readonly kind: 'proposal'; readonly batch: AppendBatch }
  | { readonly kind: 'evidence'; readonly note: EvidenceNote };

/** What a group sees and has added so far; written to the tables once, at its end. */
type Group = {
  readonly hash: HashFunction;
  head: ChainHead;
  readonly entries: StoredEntry[];
  readonly streams: Map<string, { readonly seq: number; readonly createdAtMs: number }>;
  readonly targetSeqs: Map<string, number>;
  readonly proposalRows: Map<string, ProposalsTable>;
  readonly targetRows: Map<string, TargetsTable>;
};

/** Judges and appends a group. Everything it adds becomes durable together, or nothing does. */
export async function commitGroup(
  db: Kysely<Tables>,
  hash: HashFunction,
  requests: readonly AppendRequest[],
): Promise<readonly Judged<AppendAnswer>[]> {
  const group = await openGroup(db, hash, requests);
  const judged = requests.map((request) => judgeAlone(() => append(group, request)));
  await writeGroup(db, group);
  return judged;
}

async function openGroup(db: Kysely<Tables>, hash: HashFunction, requests: readonly AppendRequest[]): Promise<Group> {
  const batches = requests.flatMap((request) => (request.kind === 'proposal' ? [request.batch] : []));
  const newest = await db
    .selectFrom('events')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const group: Group = {
    hash,
    head: newest ?? { seq: 0, hash: NO_HASH },
    entries: [],
    streams: new Map(),
    targetSeqs: new Map(),
    proposalRows: new Map(),
    targetRows: new Map(),
  };
  for (const proposal of new Set(batches.map((batch) => batch.proposal))) {
    const row = await db
      .selectFrom('proposals')
      .select(['seq', 'created_at_ms'])
      .where('proposal', '=', proposal)
      .executeTakeFirst();
    if (row !== undefined) group.streams.set(proposal, { seq: row.seq, createdAtMs: row.created_at_ms });
  }
  const locks = batches.flatMap(({ target, place }) => (place === undefined ? [target] : [target, place.lock]));
  for (const target of new Set(locks)) {
    const row = await db.selectFrom('targets').select('seq').where('target', '=', target).executeTakeFirst();
    if (row !== undefined) group.targetSeqs.set(target, row.seq);
  }
  return group;
}

function append(group: Group, request: AppendRequest): AppendAnswer {
  if (request.kind === 'evidence') {
    const { body } = request.note;
    const place = { stream: `evidence:${body.id}`, streamPrev: 0, proposal: '', target: '' };
    return take(group, linkEvents(group.hash, group.head, place, [request.note]));
  }
  const { batch } = request;
  invariant(batch.happened.length > 0, 'a batch without events was appended');
  const streamPrev = group.streams.get(batch.proposal)?.seq ?? 0;
  const locks = locksOf(batch);
  const isMoved = locks.some(({ name, seenSeq }) => (group.targetSeqs.get(name) ?? 0) !== seenSeq);
  if (streamPrev !== batch.seenStreamSeq || isMoved) return { kind: 'conflict' };
  // Everything that can fail comes before the group is touched: a batch is in it as a whole or not at all.
  const texts: StateTexts = {
    state: stateText(batch.state),
    locks: locks.map(({ name, state }) => ({ name, state: stateText(state) })),
  };
  const place = { stream: `proposal:${batch.proposal}`, streamPrev, proposal: batch.proposal, target: batch.target };
  const answer = take(group, linkEvents(group.hash, group.head, place, batch.happened));
  project(group, batch, texts);
  return answer;
}

type Lock = { readonly name: string; readonly seenSeq: number; readonly state: AppendBatch['targetState'] };

/** What a batch locks: the target by its name, and the place where it has one. */
function locksOf({ target, seenTargetSeq, targetState, place }: AppendBatch): readonly Lock[] {
  const named = { name: target, seenSeq: seenTargetSeq, state: targetState };
  if (place === undefined) return [named];
  invariant(place.lock !== target, 'a target has the name of its place');
  return [named, { name: place.lock, seenSeq: place.seenSeq, state: place.state }];
}

type StateTexts = {
  readonly state: string;
  readonly locks: readonly { readonly name: string; readonly state: string }[];
};

function take(group: Group, linked: readonly LinkedEvent[]): AppendAnswer {
  group.entries.push(...linked.map(({ entry }) => entry));
  const newest = linked.at(-1);
  if (newest !== undefined) group.head = { seq: newest.entry.seq, hash: newest.entry.hash };
  return { kind: 'appended', events: linked.map(({ event }) => event) };
}

function project(group: Group, { proposal, target, happened, state: { kind } }: AppendBatch, texts: StateTexts): void {
  const { seq } = group.head;
  const atMs = happened.at(-1)?.atMs ?? 0;
  const createdAtMs = group.streams.get(proposal)?.createdAtMs ?? atMs;
  group.streams.set(proposal, { seq, createdAtMs });
  for (const { name, state } of texts.locks) {
    group.targetSeqs.set(name, seq);
    group.targetRows.set(name, { target: name, state, seq });
  }
  group.proposalRows.set(proposal, {
    proposal,
    target,
    kind,
    state: texts.state,
    seq,
    created_at_ms: createdAtMs,
    updated_at_ms: atMs,
  });
}

async function writeGroup(db: Kysely<Tables>, group: Group): Promise<void> {
  await writeEntries(db, group.entries);
  for (const row of group.proposalRows.values()) {
    const { proposal: _proposal, created_at_ms: _created, ...changed } = row;
    await db
      .insertInto('proposals')
      .values(row)
      .onConflict((conflict) => conflict.column('proposal').doUpdateSet(changed))
      .execute();
  }
  for (const row of group.targetRows.values()) {
    await db
      .insertInto('targets')
      .values(row)
      .onConflict((conflict) => conflict.column('target').doUpdateSet({ state: row.state, seq: row.seq }))
      .execute();
  }
}

/** Inserts entries by one compiled statement: building the same statement anew costs more than running it. */
async function writeEntries(db: Kysely<Tables>, entries: readonly StoredEntry[]): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  const { sql } = db.insertInto('events').values(rowOf(first)).compile();
  for (const entry of entries) await db.executeQuery(CompiledQuery.raw(sql, Object.values(rowOf(entry))));
}

/** An entry as a row; its members always stand in the same order. */
function rowOf(entry: StoredEntry): Tables['events'] {
  return {
    seq: entry.seq,
    stream: entry.stream,
    stream_prev: entry.streamPrev,
    proposal: entry.proposal,
    target: entry.target,
    type: entry.type,
    at_ms: entry.atMs,
    actor: entry.actor,
    body: entry.body,
    prev: entry.prev,
    hash: entry.hash,
  };
}

function stateText(state: AppendBatch['state'] | AppendBatch['targetState']): string {
  // States are made of kernel types that hold nothing but JSON; canonicalJson stops on anything else.
  return canonicalJson(state as unknown as Json);
}
