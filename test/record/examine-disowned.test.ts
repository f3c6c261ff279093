/** What freed a target by disowned words frees nothing, until something that holds does. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import type { EventBody, OutcomeKind, Principal, VerdictKind } from '../../src/kernel/index.ts';
import { examineDisowned, type StreamParts, type TrustQuestions } from '../../src/record/index.ts';
import { ANN, following } from '../support/events.ts';
import { newSigner, type TestSigner } from '../support/keys.ts';
import { afterwards, temporaryDirectory } from '../support/temporary.ts';
import { lifeOf, RUNNER, signedBy, VERIFIER } from '../support/whole-life.ts';

const MALLORY = newSigner('verifier-1');
const CONTROL: Principal = { kind: 'control', name: 'control' };
const DIGEST = 'a'.repeat(64);
const BLOBS = { bundle: DIGEST, preview: DIGEST, plan: DIGEST, output: DIGEST, evidence: DIGEST, secret: DIGEST };

type Step = readonly [Principal, EventBody];

function executed(kind: OutcomeKind, signer: TestSigner = RUNNER): Step {
  const outcome = { kind, resources: [], end: { kind: 'exited', code: 0 }, because: [], evidence: [] } as const;
  return [
    { kind: 'runner', name: signer.name, key: signer.key },
    signedBy<'executed'>(signer, 'p1', { type: 'executed', outcome }),
  ];
}

function verdict(signer: TestSigner, kind: VerdictKind, isAsBefore = false): Step {
  const body = { type: 'verified', observations: [], verdict: { kind, isAsBefore, findings: [] } } as const;
  return [{ kind: 'verifier', name: signer.name, key: signer.key }, signedBy<'verified'>(signer, 'p1', body)];
}

const closed = (mark: Extract<EventBody, { type: 'closed' }>['mark'] = 'as-approved'): Step => [
  CONTROL,
  { type: 'closed', mark },
];
const forged = (kind: VerdictKind, isAsBefore = false): Step => verdict(MALLORY, kind, isAsBefore);
const true_ = (kind: VerdictKind, isAsBefore = false): Step => verdict(VERIFIER, kind, isAsBefore);
const held: Step = [CONTROL, { type: 'held', why: 'in doubt' }];
const reconciled: Step = [ANN, { type: 'reconciled', note: 'looked' }];
const done = executed('completed');

/** Lives `p1` up to its start, and then as told. */
async function live(...steps: readonly Step[]): Promise<Store> {
  const path = join(temporaryDirectory(), 'record.sqlite');
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  afterwards(() => store.close());
  const own = following('p1', 'shop');
  for (const [actor, body] of [...lifeOf('p1', 'shop', BLOBS).slice(0, 10), ...steps]) {
    const answer = await store.log.append({ ...own.next(body), happened: [{ actor, atMs: 1, body }] });
    if (answer.kind === 'conflict') throw new TypeError('a conflict');
    own.appended(answer.events);
  }
  return store;
}

const actor: TrustQuestions['actor'] = (who) =>
  'key' in who && who.key !== RUNNER.key && who.key !== VERIFIER.key ? 'a stranger' : undefined;

type Named = { readonly seq: number; readonly hash: string };

function parts(store: Store, disowned: readonly Named[]): StreamParts {
  const why: TrustQuestions['disowned'] = ({ seq, hash }) =>
    disowned.some((one) => one.seq === seq && one.hash === hash) ? 'forged' : undefined;
  return { source: store.source, hash: sha256, trust: { actor, disowned: why } };
}

/** Disowns everything from the outcome on, also what holds. */
async function disownAll(store: Store): Promise<readonly Named[]> {
  return (await store.source.entries(10, 100)).map(({ seq, hash }) => ({ seq, hash }));
}

test.each<readonly [string, readonly Step[], boolean]>([
  ['nothing is forged', [done, true_('confirmed'), closed()], false],
  ['a forged verdict closed it', [done, forged('confirmed'), closed()], true],
  ['a verdict came since', [done, forged('confirmed'), closed(), true_('confirmed')], false],
  ['a bad verdict came since', [done, forged('confirmed'), closed(), true_('refuted')], true],
  ['nobody could tell since', [done, forged('confirmed'), closed(), true_('inconclusive')], true],
  [
    'a good and then a bad one came since',
    [done, forged('confirmed'), closed(), true_('confirmed'), true_('refuted')],
    false,
  ],
  ['another forged one came since', [done, forged('confirmed'), closed(), forged('confirmed')], true],
  ['a forged verdict came after the end', [done, true_('confirmed'), closed(), forged('refuted')], false],
  ['it was held and released', [done, forged('refuted'), held, reconciled, closed('reconciled')], false],
  ['it is held', [done, forged('refuted'), held], false],
  ['it waits for its verdict', [done, forged('confirmed')], false],
  ['its release was forged', [done, true_('refuted'), held, closed()], true],
  [
    'it was confirmed while held, and no person came',
    [done, true_('refuted'), held, true_('confirmed'), closed()],
    true,
  ],
  ['it was confirmed afterwards', [done, true_('refuted'), held, closed(), true_('confirmed')], false],
  [
    'nothing had happened, and the world is as before',
    [executed('no-effect'), forged('confirmed'), closed('arrived-by-other-means'), true_('refuted', true)],
    false,
  ],
  [
    'nothing had happened, and the world is otherwise',
    [executed('no-effect'), forged('confirmed'), closed('arrived-by-other-means'), true_('refuted')],
    true,
  ],
  ['its outcome is forged', [executed('completed', newSigner('runner-1')), true_('confirmed'), closed()], true],
])('[RECORD-28, L7] %s', async (_, steps, isDoubted) => {
  const store = await live(...steps);
  const all = await disownAll(store);
  const doubted = isDoubted ? [{ proposal: 'p1', target: 'shop' }] : [];
  expect((await examineDisowned(parts(store, all), all)).doubted).toEqual(doubted);
});

test('[RECORD-28, RECORD-26] only what was disowned by number and hash is asked about', async () => {
  const store = await live(done, forged('confirmed'), closed());
  const all = await disownAll(store);
  const ask = (disowned: readonly Named[]): Promise<object> => examineDisowned(parts(store, disowned), disowned);
  const nothing = { holding: [], doubted: [] };
  expect(await ask([])).toEqual(nothing);
  expect(await ask(all.map(({ seq }) => ({ seq, hash: 'b'.repeat(64) })))).toEqual(nothing);
  expect(await ask(all.map(({ hash }) => ({ seq: 99, hash })))).toEqual(nothing);
  const forgedOne = all.filter(({ seq }) => seq === 12);
  expect(await ask(forgedOne)).toEqual({ holding: [], doubted: [{ proposal: 'p1', target: 'shop' }] });
});

test('[RECORD-27] what is disowned in vain is named, oldest first; a claim can only be judged with the whole record', async () => {
  const store = await live(done, forged('confirmed'), closed());
  const every = (await store.source.entries(0, 100)).map(({ seq, hash }) => ({ seq, hash })).reverse();
  const seqs = (await examineDisowned(parts(store, every), every)).holding.map(({ seq }) => seq);
  expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 13]);
});
