import { expect, test } from 'vitest';
import { Failure, type Person, type Refusal } from '../../../src/kernel/index.ts';
import { type ProposeAnswer, proposeChange, resumeDraft } from '../../../src/loop/propose/index.ts';
import { CHECK, interfering, openProposeWorld, type ProposeWorld, REQUIREMENT } from '../../support/propose-world.ts';
import { afterwards } from '../../support/temporary.ts';

const ANN: Person = { kind: 'person', name: 'ann' };
const PLANNER = { kind: 'control', name: 'planner' } as const;
const BECAUSE = [{ rule: 'no-deletes', where: 'trust.yaml:9:3', demand: 'nothing is deleted here' }];

const REFUSAL: Refusal = {
  kind: 'refused',
  code: 'NOT_YOURS_TO_DO',
  what: 'it',
  where: 'here',
  why: 'because',
  next: 'go',
};

async function world(): Promise<ProposeWorld> {
  const opened = await openProposeWorld();
  afterwards(() => opened.close());
  return opened;
}

function idOf(answer: ProposeAnswer): string {
  if ('id' in answer) return answer.id;
  throw new TypeError(`refused: ${answer.why}`);
}

/** A proposal that was sealed before the power failed; afterwards the policy is as it was. */
async function sealedOnly({ parts, request, script, rows }: ProposeWorld): Promise<string> {
  const { admit } = script;
  script.admit = () => {
    throw new Failure('STORE_WRITE_FAILED', 'the power failed', { hint: '' });
  };
  await expect(proposeChange(parts, request())).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  script.admit = admit;
  const [[id = ''] = []] = await rows();
  return id;
}

test('[PROPOSE-10] the planner admits, and nobody else: its name stands under what it did', async () => {
  const { parts, request } = await world();
  const id = idOf(await proposeChange(parts, request()));
  const events = await parts.log.read({ stream: `proposal:${id}`, afterSeq: 0, limit: 10 });
  expect(events.map(({ actor, body }) => [body.type, actor])).toEqual([
    ['drafted', { kind: 'agent', name: 'claude', person: 'ann', session: 's-1' }],
    ['sealed', PLANNER],
    ['admitted', PLANNER],
  ]);
});

test('[PROPOSE-10] what was withdrawn while its checks were looked at is shown as it stands, and not as open', async () => {
  const { parts, request, script } = await world();
  script.look = async (proposal) => {
    await parts.journal.ask(proposal, { kind: 'withdraw', why: 'no' }, ANN);
    return { kind: 'looked' };
  };
  const answer = await proposeChange(parts, request());
  expect(answer).toEqual({ kind: 'again', id: idOf(answer), state: expect.objectContaining({ kind: 'withdrawn' }) });
});

test('[PROPOSE-10] a planner that was overtaken goes on with what the other one made of it', async () => {
  const opened = await world();
  const { parts, script, looks } = opened;
  const id = await sealedOnly(opened);
  const overtaken = interfering(parts, 'admit', async (proposal, command) => {
    await parts.journal.ask(proposal, command, PLANNER);
    return undefined;
  });
  expect(await resumeDraft(overtaken, id)).toMatchObject({ kind: 'open', id, look: { kind: 'looked' } });
  expect(looks).toEqual([id]);

  const other = await sealedOnly({ ...opened, request: (more) => opened.request({ argv: ['other'], ...more }) });
  expect(other).not.toBe(id);
  script.admit = () => ({ kind: 'refused', because: BECAUSE });
  const withdrawn = interfering(parts, 'refuse', async (proposal) => {
    await parts.journal.ask(proposal, { kind: 'withdraw', why: 'no' }, ANN);
    return undefined;
  });
  expect(await resumeDraft(withdrawn, other)).toMatchObject({ kind: 'again', id: other, state: { kind: 'withdrawn' } });
  expect(looks).toEqual([id]);
});

test.each(['admit', 'refuse'] as const)(
  '[PROPOSE-12, L13] when the record takes no %s, its reason is the answer, and nobody looks',
  async (kind) => {
    const opened = await world();
    const { parts, script, looks, state } = opened;
    const id = await sealedOnly(opened);
    if (kind === 'refuse') script.admit = () => ({ kind: 'refused', because: BECAUSE });
    expect(
      await resumeDraft(
        interfering(parts, kind, async () => REFUSAL),
        id,
      ),
    ).toEqual(REFUSAL);
    expect((await state(id)).kind).toBe('proposed');
    expect(looks).toEqual([]);
  },
);

test('[PROPOSE-12] a refusal of the policy is recorded by the planner with the very rules', async () => {
  const { parts, request, script } = await world();
  script.admit = () => ({ kind: 'refused', because: BECAUSE });
  const id = idOf(await proposeChange(parts, request()));
  const events = await parts.log.read({ stream: `proposal:${id}`, afterSeq: 0, limit: 10 });
  expect(events.at(-1)).toMatchObject({ actor: PLANNER, body: { type: 'refused', because: BECAUSE } });
});

test('[PROPOSE-04, L3] a sealed document that is not canonical is asked no policy about', async () => {
  const opened = await world();
  const { parts, admissions, state } = opened;
  const id = await sealedOnly(opened);
  const sealed = await state(id);
  if (sealed.kind !== 'proposed') return expect.unreachable();
  admissions.length = 0;
  for (const digest of [sealed.bundleDigest, sealed.previewDigest]) {
    const get = async (asked: string) => {
      const content = await parts.blobs.get(asked);
      return asked === digest ? Buffer.concat([content, Buffer.from(' ')]) : content;
    };
    const altered = { ...parts, blobs: { ...parts.blobs, get } };
    await expect(resumeDraft(altered, id)).rejects.toThrow(`the blob ${digest} is not canonical`);
  }
  expect(admissions).toEqual([]);
  expect((await state(id)).kind).toBe('proposed');
});

test('[PROPOSE-02] a person and their agent are one: either’s newer draft takes the place of the other’s', async () => {
  const { parts, request, script, state } = await world();
  const first = idOf(await proposeChange(parts, request()));
  script.source = 'second source';
  const answer = await proposeChange(parts, request({ proposer: ANN }));
  expect(answer).toMatchObject({ kind: 'open', superseded: [first] });
  const events = await parts.log.read({ stream: `proposal:${first}`, afterSeq: 0, limit: 10 });
  expect(events.at(-1)).toMatchObject({ actor: PLANNER, body: { type: 'superseded', by: idOf(answer) } });
  expect(await state(first)).toMatchObject({ kind: 'superseded', by: idOf(answer) });
});

test('[PROPOSE-02] what ended by itself was not ended by the newer one', async () => {
  const { parts, request, script, state } = await world();
  const first = idOf(await proposeChange(parts, request()));
  script.source = 'second source';
  const withdrawn = interfering(parts, 'supersede', async (proposal) => {
    await parts.journal.ask(proposal, { kind: 'withdraw', why: 'no' }, ANN);
    return undefined;
  });
  expect(await proposeChange(withdrawn, request())).toMatchObject({ kind: 'open', superseded: [] });
  expect((await state(first)).kind).toBe('withdrawn');
});

test('[PROPOSE-02, PROPOSE-12] what the policy refuses ends no older draft', async () => {
  const { parts, request, script, state } = await world();
  const first = idOf(await proposeChange(parts, request()));
  script.source = 'second source';
  script.look = async () => expect.unreachable();
  const withdrawn = interfering(parts, 'admit', async (proposal) => {
    await parts.journal.ask(proposal, { kind: 'withdraw', why: 'no' }, ANN);
    return undefined;
  });
  expect(await proposeChange(withdrawn, request())).toMatchObject({ kind: 'again', state: { kind: 'withdrawn' } });
  expect((await state(first)).kind).toBe('open');
});

test('[PROPOSE-09] what was looked at once is not looked at again, and says so', async () => {
  const opened = await world();
  const { parts, looks } = opened;
  const id = await sealedOnly(opened);
  const seen = { id: CHECK.id, answer: 'red', observed: null, observedDigest: 'd'.repeat(64) } as const;
  const observations = [{ ...seen, detail: 'not there', atMs: 1 }];
  const verifier = { kind: 'verifier', name: 'v', key: 'k' } as const;
  const signed = { key: 'k', signature: 's' };
  expect((await parts.journal.ask(id, { kind: 'look', observations, signed }, verifier)).kind).toBe('decided');
  expect(await resumeDraft(parts, id)).toMatchObject({ kind: 'open', look: { kind: 'looked' } });
  expect(looks).toEqual([]);
});

test('[PROPOSE-09] what a standing grant approved is looked at like any other', async () => {
  const { parts, request, script, looks } = await world();
  script.resolved = { environment: 'sandbox', notes: ['it is a sandbox'] };
  script.admit = () => ({ kind: 'admitted', requirement: { ...REQUIREMENT, approvals: 0, grant: 'g' } });
  const answer = await proposeChange(parts, request());
  expect(answer).toMatchObject({ kind: 'approved', look: { kind: 'looked' }, notes: ['it is a sandbox'] });
  expect(looks).toEqual([idOf(answer)]);
});

test('[PROPOSE-02, PROPOSE-09] what a standing grant approved ends the older draft that waits, and a retry gives it the look it is owed', async () => {
  const { parts, request, script, state, looks } = await world();
  const first = idOf(await proposeChange(parts, request()));
  script.source = 'second source';
  script.resolved = { environment: 'sandbox' };
  script.admit = () => ({ kind: 'admitted', requirement: { ...REQUIREMENT, approvals: 0, grant: 'g' } });
  script.look = async () => ({ kind: 'unavailable', why: 'no key', next: 'start one' });
  const granted = await proposeChange(parts, request());
  expect(granted).toMatchObject({ kind: 'approved', superseded: [first], look: { kind: 'unavailable' } });
  expect((await state(first)).kind).toBe('superseded');
  const before = looks.length;
  const again = await proposeChange(parts, request());
  expect(again).toMatchObject({ kind: 'again', id: idOf(granted), state: { kind: 'approved' } });
  expect(looks.slice(before)).toEqual([idOf(granted)]);
});

test('[PROPOSE-10] a sealed proposal that is gone on with has no notes: those of its plan were said when it was planned', async () => {
  const opened = await world();
  await sealedOnly(opened);
  opened.script.resolved = { notes: ['it is a sandbox'] };
  expect(await proposeChange(opened.parts, opened.request())).toMatchObject({ kind: 'open', notes: [] });
});

test('[PROPOSE-02, PROPOSE-12, CLI-14, L11] what proposing ends has its secrets swept, once each, and nothing else has', async () => {
  const { parts, request, script, sweeps } = await world();
  const secret = { secretVariables: ['SECRET'], inherited: { SECRET: 'hunter2-hunter2' } };
  const first = idOf(await proposeChange(parts, request(secret)));
  expect(await proposeChange(parts, request(secret))).toMatchObject({ kind: 'again', id: first });
  expect(sweeps).toEqual([]);
  script.source = 'second source';
  const second = idOf(await proposeChange(parts, request(secret)));
  expect(sweeps).toEqual([first]);
  // One without secrets takes its place, and leaves none behind when it is ended itself.
  script.source = 'third source';
  const third = idOf(await proposeChange(parts, request()));
  expect(sweeps).toEqual([first, second]);
  script.source = 'fourth source';
  expect(await proposeChange(parts, request(secret))).toMatchObject({ kind: 'open', superseded: [third] });
  expect(sweeps).toEqual([first, second]);
  script.admit = () => ({ kind: 'refused', because: [] });
  const refused = await proposeChange(parts, request({ ...secret, argv: ['other'] }));
  expect(refused.kind).toBe('forbidden');
  expect(sweeps).toEqual([first, second, idOf(refused)]);
});

test('[PROPOSE-01, CLI-14, L11] a draft that ran out has its secrets swept when it is proposed anew', async () => {
  const { parts, request, script, sweeps } = await world();
  const secret = { secretVariables: ['SECRET'], inherited: { SECRET: 'hunter2-hunter2' } };
  script.admit = () => ({ kind: 'admitted', requirement: { ...REQUIREMENT, openForMs: 0 } });
  const first = idOf(await proposeChange(parts, request(secret)));
  expect((await proposeChange(parts, request(secret))).kind).toBe('open');
  expect(sweeps).toEqual([first]);
});
