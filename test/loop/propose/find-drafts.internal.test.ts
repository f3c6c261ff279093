import { expect, test } from 'vitest';
import type { ProposalState } from '../../../src/kernel/index.ts';
import { findOlderDrafts, findSameDraft } from '../../../src/loop/propose/find-drafts.ts';
import type { ProposeParts } from '../../../src/loop/propose/index.ts';
import type { EventQuery, ProposalQuery, ProposalRow, RecordedEvent } from '../../../src/record/index.ts';
import { draft, sealed } from '../../kernel/examples.ts';

type Told = Partial<ProposalRow> & { readonly draftDigest?: string; readonly changeDigest?: string };

/** A sealed proposal whose newest event is `seq`, as its list shows it. */
function row(seq: number, told: Told = {}): ProposalRow {
  const { draftDigest = 'd', changeDigest = 'c', ...more } = told;
  const proposal = `p-${seq}`;
  const state: ProposalState = {
    kind: 'proposed',
    ...draft({ proposal, draftDigest, changeDigest }),
    ...sealed(),
    lookedAt: [],
  };
  return { proposal, target: 'shop', state, seq, createdAtMs: 1_000, updatedAtMs: 1_000, ...more };
}

/** Lists that answer as the store does, and streams that begin where they are told. */
function world(rows: readonly ProposalRow[], births: ReadonlyMap<string, number> = new Map()) {
  const asked: ProposalQuery[] = [];
  const reads: EventQuery[] = [];
  const parts: Pick<ProposeParts, 'projections' | 'log'> = {
    projections: {
      proposal: async () => undefined,
      target: async () => expect.unreachable(),
      proposals: async (query) => {
        asked.push(query);
        const before = query.beforeSeq ?? Number.POSITIVE_INFINITY;
        const older = rows.filter(({ seq }) => seq < before).sort((one, other) => other.seq - one.seq);
        return older.slice(0, query.limit);
      },
    },
    log: {
      append: async () => expect.unreachable(),
      head: async () => expect.unreachable(),
      read: async (query) => {
        reads.push(query);
        const seq = births.get(query.stream ?? '');
        // Nothing else of an event is looked at here.
        return seq === undefined ? [] : [{ seq } as RecordedEvent];
      },
    },
  };
  // The finder uses nothing but lists and streams.
  return { parts: parts as ProposeParts, asked, reads };
}

test('[PROPOSE-01] the earliest of a draft is the one that the record has first, whatever the newest event of it is', async () => {
  const births = new Map([
    ['proposal:p-30', 7],
    ['proposal:p-20', 5],
    ['proposal:p-10', 6],
  ]);
  const rows = [row(40, { draftDigest: 'other' }), row(30), row(20), row(10)];
  const { parts, asked, reads } = world(rows, births);
  expect((await findSameDraft(parts, 'shop', 'd'))?.proposal).toBe('p-20');
  expect(asked[0]).toEqual({
    states: ['drafted', 'proposed', 'open', 'approved', 'executing', 'executed', 'held'],
    target: 'shop',
    beforeSeq: undefined,
    limit: 1_000,
  });
  expect(reads).toEqual([30, 20, 10].map((id) => ({ stream: `proposal:p-${id}`, afterSeq: 0, limit: 1 })));
  expect(await findSameDraft(parts, 'shop', 'unknown')).toBeUndefined();
});

test('[PROPOSE-01] a proposal whose beginning can’t be read counts as the latest, and not as none', async () => {
  const { parts } = world([row(30), row(20)], new Map([['proposal:p-30', 29]]));
  expect((await findSameDraft(parts, 'shop', 'd'))?.proposal).toBe('p-30');
  expect((await findSameDraft(world([row(20)]).parts, 'shop', 'd'))?.proposal).toBe('p-20');
});

test('[PROPOSE-01] however many proposals are newer, the draft is found behind them', async () => {
  for (const newer of [999, 1_000, 1_001, 2_500]) {
    const rows = Array.from({ length: newer }, (_, index) => row(index + 2, { draftDigest: 'other' }));
    const { parts, asked } = world([...rows, row(1)], new Map([['proposal:p-1', 1]]));
    expect([newer, (await findSameDraft(parts, 'shop', 'd'))?.proposal]).toEqual([newer, 'p-1']);
    const seen = asked.map(({ beforeSeq }) => beforeSeq);
    expect(seen.slice(0, 2)).toEqual([undefined, Math.max(1, newer + 2 - 1_000)]);
  }
});

test('[PROPOSE-02] older drafts are those of the same change with another source, not newer than this one', async () => {
  const mine = row(50, { createdAtMs: 500 });
  const rows = [
    mine,
    row(49, { draftDigest: 'older', createdAtMs: 499 }),
    row(48, { draftDigest: 'at the same moment', createdAtMs: 500 }),
    row(47, { draftDigest: 'newer', createdAtMs: 501 }),
    row(46, { draftDigest: 'another change', changeDigest: 'x', createdAtMs: 1 }),
    row(45, { createdAtMs: 1 }),
    row(44, { state: { kind: 'absent' }, createdAtMs: 1 }),
  ];
  const { parts, asked } = world(rows);
  expect((await findOlderDrafts(parts, mine)).map(({ proposal }) => proposal)).toEqual(['p-49', 'p-48']);
  expect(asked[0]).toMatchObject({ states: ['drafted', 'proposed', 'open'], target: 'shop' });
  const { changeDigest: _, ...rest } = draft({ proposal: 'p-50' });
  const unknown: ProposalRow = { ...mine, state: { kind: 'drafted', ...rest } };
  const alike: ProposalRow = { ...row(3), state: { kind: 'drafted', ...rest, proposal: 'p-3', draftDigest: 'z' } };
  expect(await findOlderDrafts(world([alike]).parts, unknown)).toEqual([]);
  expect(await findOlderDrafts(parts, { ...mine, state: { kind: 'absent' } })).toEqual([]);
});
