/** Appends a group of requests inside one write transaction: expectations, chain, events, projections. */

import type { Kysely } from 'kysely';
import { canonicalJson, type HashFunction, invariant, type Json } from '../../kernel/index.ts';
import {
  type AppendAnswer,
  type AppendBatch,
  type ChainHead,
  type EvidenceNote,
  linkEvents,
  NO_HASH,
  parseEvent,
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
  for (const target of new Set(batches.map((batch) => batch.target))) {
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
  const targetSeq = group.targetSeqs.get(batch.target) ?? 0;
  if (streamPrev !== batch.seenStreamSeq || targetSeq !== batch.seenTargetSeq) return { kind: 'conflict' };
  const place = { stream: `proposal:${batch.proposal}`, streamPrev, proposal: batch.proposal, target: batch.target };
  const answer = take(group, linkEvents(group.hash, group.head, place, batch.happened));
  project(group, batch);
  return answer;
}

function take(group: Group, entries: readonly StoredEntry[]): AppendAnswer {
  const events = entries.map(parseEvent);
  group.entries.push(...entries);
  const newest = entries.at(-1);
  if (newest !== undefined) group.head = { seq: newest.seq, hash: newest.hash };
  return { kind: 'appended', events };
}

function project(group: Group, batch: AppendBatch): void {
  const { proposal, target } = batch;
  const { seq } = group.head;
  const atMs = batch.happened.at(-1)?.atMs ?? 0;
  const createdAtMs = group.streams.get(proposal)?.createdAtMs ?? atMs;
  group.streams.set(proposal, { seq, createdAtMs });
  group.targetSeqs.set(target, seq);
  group.targetRows.set(target, { target, state: stateText(batch.targetState), seq });
  group.proposalRows.set(proposal, {
    proposal,
    target,
    kind: batch.state.kind,
    state: stateText(batch.state),
    seq,
    created_at_ms: createdAtMs,
    updated_at_ms: atMs,
  });
}

async function writeGroup(db: Kysely<Tables>, group: Group): Promise<void> {
  for (const entry of group.entries) await db.insertInto('events').values(rowOf(entry)).execute();
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

function rowOf(entry: StoredEntry): Tables['events'] {
  const { streamPrev, atMs, ...same } = entry;
  return { ...same, stream_prev: streamPrev, at_ms: atMs };
}

function stateText(state: AppendBatch['state'] | AppendBatch['targetState']): string {
  // States are made of kernel types that hold nothing but JSON; canonicalJson stops on anything else.
  return canonicalJson(state as unknown as Json);
}
