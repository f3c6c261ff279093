/** What released a target is believed by the runner's own trust only, whatever stands in the record. */

import { expect, test } from 'vitest';
import {
  type Command,
  canonicalJson,
  Failure,
  type Principal,
  type SignatureDemand,
  type StatementDocument,
  type StateOf,
  statementSubject,
} from '../../../src/kernel/index.ts';
import { type ExecutionAnswer, type ExecutionParts, executeApproved } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import { authority, type House, statementSignature, VERIFIER } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate } from './house/world.ts';

const ANN: Principal = { kind: 'person', name: 'ann' };
const RULE = { rule: 'signed', where: 'trust.yaml:9:5', demand: 'a signature to release a held target' };
const PLAIN: SignatureDemand = { rule: RULE, plainKeys: true };

async function must(house: House, proposal: string, command: Command, actor: Principal): Promise<void> {
  const answer = await house.parts.journal.ask(proposal, command, actor);
  if (answer.kind === 'refused') throw new TypeError(`${answer.code}: ${answer.why}`);
}

/** Runs `p1`, and has the verifier hold its target. */
async function heldHouse(
  demand?: SignatureDemand,
  change: (parts: ExecutionParts) => Partial<ExecutionParts> = () => ({}),
): Promise<House> {
  const house = await houseIn(makeRoot(), (parts) => ({
    authority: { ...authority, signatureDemand: async () => demand },
    ...change(parts),
  }));
  openGate(house);
  await approveScript(house, EFFECT, { checks: [] });
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ kind: 'executed' });
  const verified = {
    observations: [],
    verdict: { kind: 'inconclusive', isAsBefore: false, findings: [] },
    signed: { key: 'k', signature: 's' },
  } as const;
  await must(house, 'p1', { kind: 'verify', verified }, VERIFIER);
  return house;
}

async function statement(
  house: House,
  over: Partial<StatementDocument> = {},
  armored?: string,
): Promise<Pick<Extract<Command, { kind: 'reconcile' }>, 'statement'>> {
  const { state } = await house.parts.journal.standing('p1');
  const subject = statementSubject(state, 'reconcile');
  if (subject === undefined) throw new TypeError(`it is ${state.kind}`);
  const document = { ...subject, approver: 'ann', note: 'looked', atMs: 1, nonce: '0'.repeat(32), ...over };
  const signature = { kind: 'ssh', armored: armored ?? statementSignature(document) } as const;
  return { statement: { document, signature, fingerprint: 'SHA256:ann', strength: 'plain' } };
}

/** Tries to execute another change on the target; what it answers, and how often anything ran there. */
async function next(house: House, proposal = 'p2'): Promise<readonly [ExecutionAnswer, number]> {
  await approveScript(house, EFFECT, { proposal, checks: [] });
  return [await executeApproved(house.parts, proposal), effects(house).length];
}

const doubt = (why: string) => ({
  kind: 'refused',
  code: 'TARGET_HELD',
  what: 'the target shop',
  where: 'p2',
  why: `p1 left it in doubt, and its release does not hold: ${why}`,
  next: 'look at the world, then countersign reconcile p1 --note "what you found" --ssh-key FILE',
});

test('[EXECUTE-30, KERNEL-25] where nobody asks for a signature, a word on an account releases the target', async () => {
  const house = await heldHouse();
  await must(house, 'p1', { kind: 'reconcile', note: 'looked' }, ANN);
  expect(await next(house)).toEqual([expect.objectContaining({ kind: 'executed' }), 2]);
  const [started] = await house.parts.log.read({ stream: 'proposal:p2', types: ['started'], afterSeq: 0, limit: 9 });
  expect(started?.body).toMatchObject({ reconciled: ['p1'] });
  expect((await house.parts.journal.standing('p2')).target).toEqual({ busy: 'p2', held: [] });
});

test('[EXECUTE-30, L1, L13] an unsigned release in the record releases nothing where the policy asks for a signature', async () => {
  const house = await heldHouse(PLAIN);
  await must(house, 'p1', { kind: 'reconcile', note: 'looked' }, ANN);
  const why = 'it is not signed (the policy asks for it: signed, trust.yaml:9:5)';
  expect(await next(house)).toEqual([doubt(why), 1]);
  // Refused before the claim: the record has nothing of it.
  const events = await house.parts.log.read({ stream: 'proposal:p2', afterSeq: 0, limit: 99 });
  expect(events.map(({ body }) => body.type)).not.toContain('claimed');
  // A person looks, and signs afterwards.
  await must(house, 'p1', { kind: 'reconcile', note: 'looked', ...(await statement(house)) }, ANN);
  expect(await executeApproved(house.parts, 'p2')).toMatchObject({ kind: 'executed' });
  expect(effects(house)).toHaveLength(2);
});

test('[EXECUTE-30, L4] a release whose signature holds frees the target, where it is asked for and where it is not', async () => {
  for (const demand of [undefined, PLAIN]) {
    const house = await heldHouse(demand);
    await must(house, 'p1', { kind: 'reconcile', note: 'looked', ...(await statement(house)) }, ANN);
    // A later verdict changes nothing of what was signed.
    const { state } = await house.parts.journal.standing('p1');
    const { verdicts } = state as StateOf<'closed'>;
    const [verified] = verdicts;
    if (verified === undefined) throw new TypeError('no verdict');
    await must(house, 'p1', { kind: 'verify', verified }, VERIFIER);
    expect(await next(house)).toEqual([expect.objectContaining({ kind: 'executed' }), 2]);
  }
});

test('[EXECUTE-30, L1] a forged signature releases nothing, asked for or not; a good one beside it does', async () => {
  const house = await heldHouse();
  await must(house, 'p1', { kind: 'reconcile', note: 'looked', ...(await statement(house, {}, 'forged')) }, ANN);
  expect(await next(house)).toEqual([doubt('its signature does not hold: bad'), 1]);
  await must(house, 'p1', { kind: 'reconcile', note: 'looked', ...(await statement(house)) }, ANN);
  expect(await executeApproved(house.parts, 'p2')).toMatchObject({ kind: 'executed' });
});

test.each<[string, Partial<StatementDocument>, string]>([
  ['execution', { madeOn: 'other' }, 'the signature covers madeOn "other"'],
  ['bundle', { bundleDigest: 'e'.repeat(64) }, 'the signature covers bundleDigest "eeee'],
  ['author', { approver: 'bob' }, 'ann handed in a signature of bob'],
])(
  '[EXECUTE-30, L4] a good signature over another %s, slipped into the record, releases nothing',
  async (_, over, why) => {
    const house = await heldHouse();
    const { state, target, seenStreamSeq, seenTargetSeq } = await house.parts.journal.standing('p1');
    const held = state as StateOf<'held'>;
    const body = { type: 'reconciled', note: 'looked', ...(await statement(house, over)) } as const;
    const closed = { type: 'closed', mark: 'reconciled' } as const;
    const answer = await house.parts.log.append({
      proposal: 'p1',
      target: 'shop',
      seenStreamSeq,
      seenTargetSeq,
      happened: [body, closed].map((one) => ({ actor: ANN, atMs: 1, body: one })),
      state: { ...held, kind: 'closed', mark: 'reconciled' },
      targetState: { ...target, held: [], reconciled: ['p1'] },
    });
    expect(answer.kind).toBe('appended');
    const [refusal, ran] = await next(house);
    expect(refusal).toMatchObject({ code: 'TARGET_HELD', where: 'p2', why: expect.stringContaining(why) });
    expect(ran).toBe(1);
  },
);

test('[EXECUTE-30, L2] a key that proves possession only releases nothing where a person must have been there', async () => {
  const house = await heldHouse({ rule: RULE, plainKeys: false });
  await must(house, 'p1', { kind: 'reconcile', note: 'looked', ...(await statement(house)) }, ANN);
  const why =
    'its key proves possession only, and not that a person was there (the policy asks for it: signed, trust.yaml:9:5)';
  expect(await next(house)).toEqual([doubt(why), 1]);
  const checkStatement: ExecutionParts['authority']['checkStatement'] = async (signed) => ({
    ...signed,
    fingerprint: 'SHA256:sk',
    strength: 'verified',
  });
  const present = { ...house.parts, authority: { ...house.parts.authority, checkStatement } };
  expect(await executeApproved(present, 'p2')).toMatchObject({ kind: 'executed' });
});

test('[EXECUTE-30] where nobody can tell what the policy asks for, a signature is asked for', async () => {
  const failing = new Failure('CONFIG_INVALID', 'countersign.yaml is broken', { hint: 'mend it' });
  const house = await heldHouse(undefined, () => ({
    authority: {
      ...authority,
      signatureDemand: async () => {
        throw failing;
      },
    },
  }));
  await must(house, 'p1', { kind: 'reconcile', note: 'looked' }, ANN);
  const why = 'it is not signed (nobody can tell what its policy asks for: countersign.yaml is broken)';
  expect(await next(house)).toEqual([doubt(why), 1]);
  await must(house, 'p1', { kind: 'reconcile', note: 'looked', ...(await statement(house)) }, ANN);
  expect(await executeApproved(house.parts, 'p2')).toMatchObject({ kind: 'executed' });
});

test('[EXECUTE-30, KERNEL-22] the policy is asked about the bundle that was released, as it was sealed', async () => {
  const asked: string[] = [];
  const house = await heldHouse(undefined, () => ({
    authority: {
      ...authority,
      signatureDemand: async ({ manifest, preview, proposer }) => {
        asked.push(manifest.proposal, preview.schema, canonicalJson(proposer));
        return undefined;
      },
    },
  }));
  await must(house, 'p1', { kind: 'reconcile', note: 'looked' }, ANN);
  await next(house);
  expect(asked).toEqual(['p1', 'countersign.preview/1', '{"kind":"agent","name":"claude","person":"zoe"}']);
  // What a runner found to hold once is not asked about again.
  await must(
    house,
    'p2',
    {
      kind: 'verify',
      verified: {
        observations: [],
        verdict: { kind: 'inconclusive', isAsBefore: false, findings: [] },
        signed: { key: 'k', signature: 's' },
      },
    },
    VERIFIER,
  );
  await must(house, 'p2', { kind: 'reconcile', note: 'looked' }, ANN);
  expect((await next(house, 'p3'))[0]).toMatchObject({ kind: 'executed' });
  expect(asked.filter((_, index) => index % 3 === 0)).toEqual(['p1', 'p2']);
});

test('[EXECUTE-30, RECORD-28, L7] what rests on disowned words holds the target, closed or reconciled', async () => {
  const disowned: string[] = [];
  const house = await heldHouse(undefined, () => ({
    disownedReleases: async (target) => (target === 'shop' ? disowned : []),
  }));
  await must(house, 'p1', { kind: 'reconcile', note: 'looked' }, ANN);
  disowned.push('p1');
  expect(await next(house)).toEqual([doubt('it rests on words that were disowned'), 1]);
  disowned.splice(0, 1, 'p0');
  expect(await executeApproved(house.parts, 'p2')).toMatchObject({
    code: 'TARGET_HELD',
    why: 'p0 left it in doubt, and its release does not hold: it rests on words that were disowned',
    next: expect.stringContaining('countersign verify p0'),
  });
  disowned.splice(0);
  expect(await executeApproved(house.parts, 'p2')).toMatchObject({ kind: 'executed' });
});
