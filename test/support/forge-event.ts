/** What somebody who may write the record can append through the store itself: every hash right, and nothing of it true. */

import { join } from 'node:path';
import { openSqliteStore, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import { type EventBody, evolve, evolveTarget, type Principal, type TargetState } from '../../src/kernel/index.ts';
import { openJournal, type RecordedEvent } from '../../src/record/index.ts';

/** What is forged, in whose name. */
export type Forgery = { readonly actor: Principal; readonly body: EventBody; readonly atMs?: number };

/** Appends forged events to a proposal, as one batch. */
export async function forge(
  home: string,
  proposal: string,
  ...forgeries: readonly Forgery[]
): Promise<readonly RecordedEvent[]> {
  return await withStore(home, async (store) => {
    const { log, projections } = store;
    const standing = await openJournal({ log, projections, clock: systemClock() }).standing(proposal);
    const bodies = forgeries.map(({ body }) => body);
    const state = bodies.reduce(evolve, standing.state);
    const { place } = standing;
    const follow = (lock: TargetState): TargetState =>
      bodies.reduce((target, body) => evolveTarget(target, proposal, body), lock);
    const answer = await log.append({
      proposal,
      target: state.kind === 'absent' ? '' : state.target,
      seenStreamSeq: standing.seenStreamSeq,
      seenTargetSeq: standing.seenTargetSeq,
      happened: forgeries.map(({ actor, body, atMs }) => ({ actor, body, atMs: atMs ?? Date.now() })),
      state,
      targetState: follow(standing.named),
      ...(place === undefined ? {} : { place: { ...place, state: follow(place.state) } }),
    });
    if (answer.kind === 'conflict') throw new TypeError('somebody else appended first');
    return answer.events;
  });
}

/** Every event of a proposal. */
export async function eventsOf(home: string, proposal: string): Promise<readonly RecordedEvent[]> {
  return await withStore(home, ({ log }) => log.read({ stream: `proposal:${proposal}`, afterSeq: 0, limit: 1_000 }));
}

async function withStore<Answer>(
  home: string,
  work: (store: Awaited<ReturnType<typeof openSqliteStore>>) => Promise<Answer>,
): Promise<Answer> {
  const path = join(home, 'record.sqlite');
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
