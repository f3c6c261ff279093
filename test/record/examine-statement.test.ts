import { expect, test } from 'vitest';
import { openBlobs, openSqliteStore, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import {
  type CheckedStatement,
  type EventBody,
  evolve,
  evolveTarget,
  FREE_TARGET,
  type Happened,
  type Principal,
  statementSubject,
} from '../../src/kernel/index.ts';
import { type TrustQuestions, verifyRecord } from '../../src/record/index.ts';
import { ANN, happened } from '../support/events.ts';
import { afterwards, temporaryDirectory } from '../support/temporary.ts';
import { lifeOf, live, signedBy, VERIFIER } from '../support/whole-life.ts';

const BOB: Principal = { kind: 'person', name: 'bob' };

type Change = {
  readonly document?: Partial<CheckedStatement['document']>;
  readonly event?: object;
  readonly actor?: Principal;
};

/** A record whose proposal was refuted, held and released by a signed word; `change` lies about the word. */
async function released(change: Change = {}, trust: TrustQuestions = {}): Promise<string> {
  const directory = temporaryDirectory();
  const path = `${directory}/record.db`;
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  afterwards(() => store.close());
  const blobs = openBlobs({ directory: `${directory}/blobs` });
  const digests = await live(store.log, blobs, 'p0');
  const life = lifeOf('p1', 'shop', digests).slice(0, 11);
  const red = life.flatMap(([, body]) => (body.type === 'observed' ? body.observations : []));
  const verdict = {
    kind: 'refuted',
    isAsBefore: true,
    findings: [{ id: 'up', role: 'refutes', why: 'is red' }],
  } as const;
  const verified = signedBy<'verified'>(VERIFIER, 'p1', { type: 'verified', observations: red, verdict });
  const why = 'the outcome is completed and the verdict is refuted';
  const verifier: Principal = { kind: 'verifier', name: VERIFIER.name, key: VERIFIER.key };
  const before: readonly Happened[] = [
    ...life.map(([actor, body]) => ({ ...happened(body), actor })),
    { ...happened(verified), actor: verifier },
    { ...happened({ type: 'held', why }), actor: verifier },
  ];
  const bodies = before.map(({ body }) => body);
  const state = bodies.reduce(evolve, { kind: 'absent' });
  const subject = statementSubject(state, 'reconcile');
  if (subject === undefined) throw new TypeError(`it is ${state.kind}`);
  const document = { ...subject, approver: 'ann', note: 'looked', atMs: 1, nonce: '0'.repeat(32), ...change.document };
  const statement = {
    document,
    signature: { kind: 'ssh', armored: 'x' },
    fingerprint: 'SHA256:x',
    strength: 'plain',
  } as const;
  const said: EventBody = { type: 'reconciled', note: 'looked', statement, ...change.event };
  const after: readonly Happened[] = [said, { type: 'closed', mark: 'reconciled' } as const].map((body) => ({
    ...happened(body),
    actor: change.actor ?? ANN,
  }));
  const all = [...before, ...after];
  const answer = await store.log.append({
    proposal: 'p1',
    target: 'shop',
    seenStreamSeq: 0,
    seenTargetSeq: 0,
    happened: all,
    state: all.map(({ body }) => body).reduce(evolve, { kind: 'absent' }),
    targetState: all.reduce((target, { body }) => evolveTarget(target, 'p1', body), FREE_TARGET),
  });
  if (answer.kind === 'conflict') throw new TypeError('a conflict');
  const seq = answer.events.findIndex(({ body }) => body.type === 'reconciled');
  const depth = { kind: 'everything', blobs, trust } as const;
  const verification = await verifyRecord({ source: store.source, hash: sha256, earlier: [], depth });
  if (verification.kind === 'whole') return 'whole';
  expect(verification.problem.seq).toBe(answer.events[seq]?.seq);
  return `${verification.problem.kind}: ${verification.problem.what.replace(/entry \d+/, 'entry N')}`;
}

test('[RECORD-30, RECORD-12] a signed release is asked about, and its record is whole where it holds', async () => {
  const asked: CheckedStatement[] = [];
  const statement: TrustQuestions['statement'] = (one) => void asked.push(one);
  expect(await released({}, { statement })).toBe('whole');
  expect(asked.map(({ document }) => [document.decision, document.approver])).toEqual([['reconcile', 'ann']]);
  expect(await released({}, { statement: ({ document }) => `${document.approver} has no such key` })).toBe(
    'bad-statement: the statement in entry N does not hold: ann has no such key',
  );
  expect(await released({ event: { statement: undefined } }, { statement: () => 'never asked' })).toBe('whole');
});

test.each<[string, Change, string]>([
  ['another hold', { document: { madeOn: 'claim-0' } }, 'the signature covers madeOn "claim-0", and it is "claim-1"'],
  ['other verdicts', { document: { verdicts: 0 } }, 'the signature covers verdicts 0, and it is 1'],
  ['a review', { document: { decision: 'review' } }, 'the signature covers decision "review", and it is "reconcile"'],
  ['another proposal', { document: { proposal: 'p0' } }, 'the signature covers proposal "p0", and it is "p1"'],
  ['another note', { event: { note: 'fine' } }, 'the signature covers note "looked", and it is "fine"'],
  ['another recovery', { event: { through: 'p9' } }, 'the signature covers through none, and it is "p9"'],
  ['somebody else', { actor: BOB }, 'ann signed it, and it is recorded as the word of bob'],
])('[RECORD-30, L4, L10] a release that was signed for %s is found', async (_, change, why) => {
  expect(await released(change)).toBe(`bad-statement: the statement in entry N was signed for something else: ${why}`);
});
