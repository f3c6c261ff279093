/** What every store of the record must do. Another adapter passes it unchanged: call it with a factory. */

import fc from 'fast-check';
import { expect } from 'vitest';
import { canonicalJson, type HashFunction, type Json, type StateKind } from '../../src/kernel/index.ts';
import type { EventLog, EvidenceLog, Projections, RecordedEvent, RecordSource } from '../../src/record/index.ts';
import { NO_HASH } from '../../src/record/index.ts';
import { ANN, appendProposal, commented, drafted, everything, following } from '../support/events.ts';

/** A fresh, empty record; `reopen` gives another view of the same one, as a second process would have. */
export type RecordUnderTest = {
  readonly log: EventLog;
  readonly evidence: EvidenceLog;
  readonly projections: Projections;
  readonly source: RecordSource;
  reopen(): Promise<RecordUnderTest>;
};

/** The promises, by name; the test file gives each its title. */
export const EVENT_LOG_CONTRACT = {
  async emptyHead(fresh: Fresh) {
    const { log, projections } = await fresh();
    expect(await log.head()).toEqual({ seq: 0, hash: NO_HASH });
    expect(await log.read({ afterSeq: 0, limit: 10 })).toEqual([]);
    expect(await projections.proposal('p1')).toBeUndefined();
    expect(await projections.target('shop')).toEqual({ state: { busy: undefined, held: [] }, seq: 0 });
  },

  async chain(fresh: Fresh, hash: HashFunction) {
    const record = await fresh();
    await appendProposal(record.log, 'p1', ['one', 'zwei \u2028 "drei"']);
    await appendProposal(record.log, 'p2', ['four']);
    const events = await everything((await record.reopen()).log);
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(events.map((event) => event.stream)).toEqual([
      'proposal:p1',
      'proposal:p1',
      'proposal:p1',
      'proposal:p2',
      'proposal:p2',
    ]);
    expect(events.map((event) => event.streamPrev)).toEqual([0, 1, 2, 0, 4]);
    expect(events[2]?.body).toEqual({ type: 'commented', text: 'zwei \u2028 "drei"' });
    expectChain(events, hash);
    expect(await record.log.head()).toEqual({ seq: 5, hash: events[4]?.hash });
  },

  async atomicBatch(fresh: Fresh) {
    const { log, projections } = await fresh();
    const answer = await log.append(following('p1').next(drafted('p1'), commented('a'), commented('b')));
    expect(answer.kind === 'appended' && answer.events.map((event) => [event.seq, event.streamPrev])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
    expect((await projections.proposal('p1'))?.seq).toBe(3);
  },

  async conflicts(fresh: Fresh) {
    const { log } = await fresh();
    const own = following('p1', 'shop');
    const first = own.next(drafted('p1', 'shop'));
    const answer = await log.append(first);
    expect(answer.kind).toBe('appended');
    expect(await log.append(first)).toEqual({ kind: 'conflict' });
    expect(await log.append({ ...first, seenStreamSeq: 1 })).toEqual({ kind: 'conflict' });
    expect(await log.append({ ...first, seenTargetSeq: 1 })).toEqual({ kind: 'conflict' });
    expect(await log.append(following('p2', 'shop').next(drafted('p2', 'shop')))).toEqual({ kind: 'conflict' });
    expect(await log.head()).toMatchObject({ seq: 1 });
  },

  async placeConflicts(fresh: Fresh) {
    const record = await fresh();
    const { log, projections, source } = record;
    const lock = `place:${'e'.repeat(64)}`;
    const held = { busy: 'p1', held: ['p0'] };
    const batch = (proposal: string, seenSeq: number) => ({
      ...following(proposal).next(drafted(proposal, `target-of-${proposal}`)),
      place: { lock, seenSeq, state: held },
    });
    expect(await log.append(batch('p1', 1))).toEqual({ kind: 'conflict' });
    expect((await log.append(batch('p1', 0))).kind).toBe('appended');
    expect(await log.append(batch('p2', 0))).toEqual({ kind: 'conflict' });
    expect(await projections.proposal('p2')).toBe(undefined);
    const both = await Promise.all([log.append(batch('p2', 1)), log.append(batch('p3', 1))]);
    expect(both.map(({ kind }) => kind)).toEqual(['appended', 'conflict']);
    const again = (await record.reopen()).projections;
    expect(await again.target(lock)).toEqual({ state: held, seq: 2 });
    expect(await again.target('target-of-p2')).toEqual({ state: { busy: undefined, held: [] }, seq: 2 });
    expect(await source.targetProjections('', 5)).toEqual([
      { name: lock, target: lock, state: '{"busy":"p1","held":["p0"]}', seq: 2 },
      { name: 'target-of-p1', target: 'target-of-p1', state: '{"held":[]}', seq: 1 },
      { name: 'target-of-p2', target: 'target-of-p2', state: '{"held":[]}', seq: 2 },
    ]);
    await expect(
      log.append({ ...batch('p4', 2), place: { lock: 'target-of-p4', seenSeq: 0, state: held } }),
    ).rejects.toThrow('bug: a target has the name of its place');
  },

  async groupedConflicts(fresh: Fresh, hash: HashFunction) {
    const { log } = await fresh();
    const batches = ['p1', 'p2', 'p1', 'p3', 'p2'].map((id) => following(id).next(drafted(id), commented(id)));
    const answers = await Promise.all(batches.map((batch) => log.append(batch)));
    expect(answers.map((answer) => answer.kind)).toEqual(['appended', 'appended', 'conflict', 'appended', 'conflict']);
    const events = await everything(log);
    expect(events.map((event) => event.stream.slice('proposal:'.length))).toEqual(['p1', 'p1', 'p2', 'p2', 'p3', 'p3']);
    expectChain(events, hash);
  },

  async unreadableNeverGetsIn(fresh: Fresh) {
    const { log } = await fresh();
    const good = following('p1').next(drafted('p1'));
    const bad = { ...good, proposal: 'p2', happened: [{ ...good.happened[0], body: { type: 'nonsense' } }] };
    const answers = await Promise.allSettled([
      // A body that no kernel type allows, as a program written against another version would send it.
      log.append(bad as unknown as typeof good),
      log.append(good),
    ]);
    expect(answers[0]).toMatchObject({ status: 'rejected', reason: { code: 'EVENT_UNREADABLE' } });
    expect(answers[1]).toMatchObject({ status: 'fulfilled', value: { kind: 'appended' } });
    expect(await log.head()).toMatchObject({ seq: 1 });
  },

  async queries(fresh: Fresh) {
    const { log } = await fresh();
    await appendProposal(log, 'p1', ['a', 'b']);
    await appendProposal(log, 'p2', ['c']);
    const seqs = async (query: Parameters<EventLog['read']>[0]): Promise<readonly number[]> =>
      (await log.read(query)).map((event) => event.seq);
    expect(await seqs({ afterSeq: 0, limit: 2 })).toEqual([1, 2]);
    expect(await seqs({ afterSeq: 2, limit: 10 })).toEqual([3, 4, 5]);
    expect(await seqs({ afterSeq: 0, limit: 10, stream: 'proposal:p2' })).toEqual([4, 5]);
    expect(await seqs({ afterSeq: 0, limit: 10, types: ['drafted'] })).toEqual([1, 4]);
    expect(await seqs({ afterSeq: 0, limit: 10, types: [] })).toEqual([]);
    expect(await seqs({ afterSeq: 4, limit: 10, stream: 'proposal:p2', types: ['commented', 'drafted'] })).toEqual([5]);
    await expect(log.read({ afterSeq: 0, limit: 0 })).rejects.toThrow('bug: a page of 0');
    await expect(log.read({ afterSeq: 0, limit: 10_001 })).rejects.toThrow('bug: a page of 10001');
  },

  async projections(fresh: Fresh) {
    const record = await fresh();
    for (const id of ['aa1', 'aa2', 'ab1', 'a%']) await appendProposal(record.log, id, ['x']);
    const { projections, log } = await record.reopen();
    const ids = async (query: Omit<Parameters<Projections['proposals']>[0], 'limit'>, limit = 10): Promise<string[]> =>
      (await projections.proposals({ ...query, limit })).map((row) => row.proposal);
    expect(await ids({})).toEqual(['a%', 'ab1', 'aa2', 'aa1']);
    expect(await ids({}, 2)).toEqual(['a%', 'ab1']);
    expect(await ids({ beforeSeq: 6 })).toEqual(['aa2', 'aa1']);
    expect(await ids({ idPrefix: 'aa' })).toEqual(['aa2', 'aa1']);
    expect(await ids({ idPrefix: 'a%' })).toEqual(['a%']);
    expect(await ids({ target: 'target-of-aa1' })).toEqual(['aa1']);
    expect(await ids({ states: ['drafted'] })).toHaveLength(4);
    expect(await ids({ states: ['open', 'closed'] satisfies StateKind[] })).toEqual([]);
    expect(await projections.proposal('aa1')).toEqual({
      proposal: 'aa1',
      target: 'target-of-aa1',
      state: { kind: 'drafted', ...identityOf('aa1') },
      seq: 2,
      createdAtMs: 1_700_000_000_000,
      updatedAtMs: 1_700_000_000_000,
    });
    expect(await projections.target('target-of-aa1')).toEqual({ state: { busy: undefined, held: [] }, seq: 2 });
    const own = following('aa9');
    const targetState = { busy: 'aa8', held: ['aa7'], reconciled: ['aa1', 'aa2'] };
    await log.append({ ...own.next(drafted('aa9', 'target-of-aa9')), targetState });
    expect((await projections.target('target-of-aa9')).state).toEqual(targetState);
    await expect(projections.proposals({ limit: 1_001 })).rejects.toThrow('bug: a page of 1001');
  },

  async evidence(fresh: Fresh, hash: HashFunction) {
    const { log, evidence } = await fresh();
    await appendProposal(log, 'p1');
    const noted = await evidence.note({
      actor: ANN,
      atMs: 5,
      body: {
        type: 'evidence-recorded',
        id: '0123456789abcdef0123456789',
        source: 'read',
        about: 'GET /metrics',
        digest: 'b'.repeat(64),
        sizeBytes: 3,
      },
    });
    expect(noted).toMatchObject({ seq: 2, stream: 'evidence:0123456789abcdef0123456789', streamPrev: 0 });
    const events = await log.read({ afterSeq: 0, limit: 10 });
    expect(events[1]).toEqual(noted);
    expectChain(events, hash);
  },

  async rawSource(fresh: Fresh, hash: HashFunction) {
    const { log, source } = await fresh();
    await appendProposal(log, 'p1', ['a']);
    await appendProposal(log, 'p2');
    const entries = await source.entries(0, 10);
    const events = await everything(log);
    expect(entries.map((entry) => entry.hash)).toEqual(events.map((event) => event.hash));
    expect(entries.map((entry) => [entry.proposal, entry.target, entry.type])).toEqual([
      ['p1', 'target-of-p1', 'drafted'],
      ['p1', 'target-of-p1', 'commented'],
      ['p2', 'target-of-p2', 'drafted'],
    ]);
    expect(entries[1]?.body).toBe('{"text":"a","type":"commented"}');
    expect((await source.entries(1, 1)).map((entry) => entry.seq)).toEqual([2]);
    expect((await source.streamEntries('proposal:p2', 0, 10)).map((entry) => entry.seq)).toEqual([3]);
    expect(await source.proposalSeqs('', 1)).toEqual([{ name: 'p1', target: 'target-of-p1', seq: 2 }]);
    expect(await source.proposalSeqs('p1', 5)).toEqual([{ name: 'p2', target: 'target-of-p2', seq: 3 }]);
    expect(await source.proposalProjections(['p1', 'nobody'])).toMatchObject([
      { name: 'p1', target: 'target-of-p1', seq: 2 },
    ]);
    expect(await source.proposalProjections([])).toEqual([]);
    const many = [...Array.from({ length: 250 }, (_, index) => `x${index}`), 'p2'];
    expect((await source.proposalProjections(many)).map((row) => row.name)).toEqual(['p2']);
    expect(await source.targetProjections('target-of-p1', 5)).toEqual([
      { name: 'target-of-p2', target: 'target-of-p2', state: '{"held":[]}', seq: 3 },
    ]);
    expectChain(events, hash);
  },

  async anyInterleaving(fresh: Fresh, hash: HashFunction) {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.integer({ min: 0, max: 4 }), text: fc.string(), together: fc.boolean() }), {
          maxLength: 30,
        }),
        async (steps) => {
          const { log, projections } = await fresh();
          const expected = await play(log, steps);
          const events = await everything(log);
          expectChain(events, hash);
          for (const [id, texts] of expected) {
            const own = events.filter((event) => event.stream === `proposal:p${id}`);
            expect(own.flatMap(({ body }) => (body.type === 'commented' ? [body.text] : []))).toEqual(texts);
            expect((await projections.proposal(`p${id}`))?.seq).toBe(own.at(-1)?.seq);
          }
        },
      ),
      { numRuns: 25 },
    );
  },
} as const;

type Fresh = () => Promise<RecordUnderTest>;
type Step = { readonly id: number; readonly text: string; readonly together: boolean };

async function play(log: EventLog, steps: readonly Step[]): Promise<ReadonlyMap<number, readonly string[]>> {
  const expected = new Map<number, string[]>();
  const own = new Map<number, ReturnType<typeof following>>();
  for (const { id, text, together } of steps) {
    const follow = own.get(id) ?? following(`p${id}`);
    const batch = own.has(id) ? follow.next(commented(text.toWellFormed())) : follow.next(drafted(`p${id}`));
    // The same batch twice at once: one of them must lose.
    const answers = await Promise.all(together ? [log.append(batch), log.append(batch)] : [log.append(batch)]);
    const winners = answers.filter((answer) => answer.kind === 'appended');
    expect(winners).toHaveLength(1);
    for (const winner of winners) if (winner.kind === 'appended') follow.appended(winner.events);
    const texts = expected.get(id) ?? [];
    if (own.has(id)) texts.push(text.toWellFormed());
    expected.set(id, texts);
    own.set(id, follow);
  }
  return expected;
}

/** Recomputes the chain from its definition, and not with the code that wrote it. */
export function expectChain(events: readonly RecordedEvent[], hash: HashFunction): void {
  let prev = NO_HASH;
  for (const [index, event] of events.entries()) {
    const { hash: own, ...unhashed } = event;
    expect(event.seq).toBe(index + 1);
    expect(event.prev).toBe(prev);
    expect(own).toBe(hash(canonicalJson(unhashed as unknown as Json)));
    prev = own;
  }
}

function identityOf(id: string): object {
  const { type: _, ...identity } = { ...drafted(id, `target-of-${id}`) } as { type: string };
  return identity;
}
