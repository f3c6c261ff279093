/** What people and programs are shown after somebody who may write the record has written into it. */

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { canonicalJson, type EventBody, type Json, type Principal } from '../../../../src/kernel/index.ts';
import { needs } from '../../../real/needs.ts';
import { eventsOf, forge } from '../../../support/forge-event.ts';
import { tamper } from '../../../support/forgery.ts';
import { newSigner } from '../../../support/keys.ts';
import { type RealLoop, realLoop } from '../../../support/real-loop.ts';
import { signedBy } from '../../../support/whole-life.ts';

const signTest = needs('ssh-keygen');

/** One proposal that was executed and verified, another that was executed only; each test finds both as they were. */
let loop: RealLoop;
let done = '';
let ran = '';
const root = mkdtempSync(join(tmpdir(), 'countersign-forged-'));
const kept = join(root, 'kept');

beforeAll(async () => {
  mkdirSync(join(root, 'world'));
  loop = await realLoop(join(root, 'world'));
  done = await executed('argv');
  expect((await loop.run('verify', done)).code).toBe(0);
  ran = await executed('sqlite');
  cpSync(loop.home, kept, { recursive: true });
});
beforeEach(() => {
  rmSync(loop.home, { recursive: true });
  cpSync(kept, loop.home, { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function executed(driver: 'argv' | 'sqlite'): Promise<string> {
  const id = await loop.propose(driver);
  await loop.approve(id);
  expect((await loop.run('execute', id)).code).toBe(0);
  return id;
}

type Shown = {
  readonly state: string;
  readonly outcome: string | null;
  readonly verdict: string | null;
  readonly verdicts: readonly { readonly kind: string }[];
  readonly mark: string | null;
  readonly resources: readonly { readonly status: string }[];
  readonly approvals: readonly { readonly approver: string }[];
  readonly checks: readonly { readonly after: string | null }[];
  readonly trouble: readonly { readonly seq: number; readonly what: string }[];
  readonly unchecked: string | null;
  readonly why: string | null;
};

async function shown(id: string): Promise<Shown & { readonly code: number | null; readonly text: string }> {
  const { code, stdout } = await loop.run('show', id, '--json');
  const text = await loop.run('show', id);
  expect(text.code).toBe(code);
  // countersign.show/1, as documented; what these tests look at is compared whole.
  return { ...(JSON.parse(stdout) as Shown), code, text: text.stdout };
}

async function listed(id: string): Promise<Record<string, unknown> & { readonly code: number | null }> {
  const { code, stdout } = await loop.run('list', '--json');
  const { proposals } = JSON.parse(stdout) as { proposals: readonly Record<string, unknown>[] };
  return { ...proposals.find((one) => one['id'] === id), code };
}

type Verified = Extract<EventBody, { readonly type: 'verified' }>;

const CONFIRMED: Omit<Verified, 'signed'> = {
  type: 'verified',
  observations: [],
  verdict: { kind: 'confirmed', isAsBefore: false, findings: [] },
};

/** Who the real verifier is, and what it really said of the first proposal. */
async function realVerdict(): Promise<{ readonly actor: Principal; readonly body: Verified }> {
  const event = (await eventsOf(loop.home, done)).findLast(({ body }) => body.type === 'verified');
  if (event?.body.type !== 'verified') throw new TypeError('the first proposal was verified');
  return { actor: event.actor, body: event.body };
}

signTest('[CLI-16, L7] what holds is shown as it is, and nothing is said against it', async () => {
  const seen = await shown(done);
  expect(seen).toMatchObject({
    code: 0,
    state: 'closed',
    outcome: 'completed',
    verdict: 'confirmed',
    mark: 'as-approved',
    trouble: [],
    unchecked: null,
  });
  expect(seen.approvals.map(({ approver }) => approver)).toEqual(['ann']);
  expect(seen.text).not.toContain('NOT BELIEVED');
  expect(seen.text).not.toContain('NOT CHECKED');
  expect(await listed(done)).toMatchObject({ code: 0, outcome: 'completed', verdict: 'confirmed', trouble: [] });
});

const mallory = newSigner('local-verifier');

/** A verdict over a proposal that its verifier never gave. */
const FORGERIES = {
  'of a fresh key': async (id: string) => ({
    actor: { kind: 'verifier', name: mallory.name, key: mallory.key } as const,
    body: signedBy<'verified'>(mallory, id, CONFIRMED),
    why: 'the trust file knows no verifier local-verifier with this key',
  }),
  'of a copied key': async () => {
    const { actor, body } = await realVerdict();
    const signed = { ...body.signed, signature: mallory.signNow('x') };
    return { actor, body: { ...CONFIRMED, signed }, why: 'local-verifier did not sign this' };
  },
  'of a fresh key under the name and key of another': async (id: string) => {
    const { actor } = await realVerdict();
    const why = 'it was made with another key than that of local-verifier';
    return { actor, body: signedBy<'verified'>(mallory, id, CONFIRMED), why };
  },
  'carried over from another proposal': async () => ({
    ...(await realVerdict()),
    why: 'local-verifier did not sign this',
  }),
} as const;

for (const [how, make] of Object.entries(FORGERIES)) {
  signTest(`[CLI-16, L7] a verdict ${how} is shown as no verdict`, async () => {
    const id = ran;
    const { actor, body, why } = await make(id);
    const closed = {
      actor: { kind: 'control', name: 'control' },
      body: { type: 'closed', mark: 'as-approved' },
    } as const;
    const [event] = await forge(loop.home, id, { actor, body }, closed);
    const what = `the signature in entry ${event?.seq} does not hold: ${why}`;
    const seen = await shown(id);
    expect(seen).toMatchObject({ code: 6, outcome: 'completed', verdict: null, verdicts: [], mark: null });
    expect(seen.trouble).toEqual([{ seq: event?.seq, what, disowned: null }]);
    expect(seen.checks.map(({ after }) => after)).not.toContain('green');
    const lines = seen.text.split('\n');
    expect(lines[0]).toMatch(/^NOT BELIEVED {2}the record of this proposal does not hold/);
    expect(lines[1]).toBe(`  entry ${event?.seq}: ${what}`);
    expect(lines[2]).toContain('countersign record verify');
    expect(lines).toContain(`VERDICT  FORGED  entry ${event?.seq} says "confirmed", and it does not hold`);
    expect(seen.text).not.toContain('VERDICT  confirmed');
    expect(seen.text).not.toContain('outcome and verdict are in');
    expect(lines).toContain('NEXT  find out who can write to the record: countersign record verify');
    expect(await listed(id)).toMatchObject({ code: 6, outcome: 'completed', verdict: null });
    const list = await loop.run('list');
    const rows = list.stdout.split('\n');
    expect(list.code).toBe(6);
    expect(rows[0]).toBe(`NOT BELIEVED  what the record says of ${id} does not hold; countersign show ID says why`);
    expect(rows.find((row) => row.startsWith(id))).toMatch(/closed\? +completed +FORGED/);
    expect(rows.find((row) => row.startsWith(done))).toMatch(/closed +completed +confirmed/);
  });
}

signTest('[CLI-16, L7] an earlier verdict that holds stays visible below one that does not', async () => {
  const id = ran;
  await loop.run('verify', id);
  const honest = (await shown(id)).verdict;
  await forge(loop.home, id, {
    actor: { kind: 'verifier', name: mallory.name, key: mallory.key },
    body: signedBy<'verified'>(mallory, id, { ...CONFIRMED, verdict: { ...CONFIRMED.verdict, kind: 'refuted' } }),
  });
  const seen = await shown(id);
  expect(seen).toMatchObject({ code: 6, verdict: null });
  expect(seen.verdicts.map(({ kind }) => kind)).toEqual([honest]);
  expect(seen.text).toContain(`  verdicts that hold: ${honest}`);
});

signTest(
  '[CLI-16, L6] an outcome that no runner signed is shown as no outcome, and its resources as planned',
  async () => {
    const id = await loop.propose('argv');
    await loop.approve(id);
    const runner = newSigner('local-runner');
    const actor: Principal = { kind: 'runner', name: runner.name, key: runner.key };
    await forge(
      loop.home,
      id,
      { actor, body: { type: 'claimed', runner: runner.name, claim: 'c', account: 'root' } },
      { actor, body: signedBy<'started'>(runner, id, { type: 'started', nonces: [] }) },
      {
        actor,
        body: signedBy<'executed'>(runner, id, {
          type: 'executed',
          outcome: {
            kind: 'completed',
            resources: [{ address: 'command', action: 'run', status: 'done' }],
            end: { kind: 'exited', code: 0 },
            because: ['it went well'],
            evidence: [],
          },
        }),
      },
    );
    const seen = await shown(id);
    expect(seen).toMatchObject({ code: 6, state: 'executed', outcome: null, outcomeBecause: [], verdict: null });
    expect(seen.trouble).toHaveLength(2);
    expect(seen.resources.map(({ status }) => status)).not.toContain('done');
    expect(seen.text).toContain('says "completed", and it does not hold');
    expect(seen.text).not.toContain('it went well');
    expect(seen.text).not.toContain('countersign verify');
    expect(await listed(id)).toMatchObject({ code: 6, outcome: null });
  },
);

signTest('[CLI-16, L2] an approval that its approver did not sign for this proposal is not shown as one', async () => {
  const id = await loop.propose('argv');
  const other = (await eventsOf(loop.home, done)).find(({ body }) => body.type === 'approval-given');
  if (other?.body.type !== 'approval-given') throw new TypeError('the first proposal was approved');
  const own = (await loop.json('show', id)) as { bundleDigest: string; previewDigest: string };
  const { approval } = other.body;
  const { bundleDigest, previewDigest } = own;
  const document = { ...approval.document, proposal: id, bundleDigest, previewDigest };
  const [event] = await forge(loop.home, id, {
    actor: other.actor,
    body: { type: 'approval-given', approval: { ...approval, document } },
  });
  const seen = await shown(id);
  expect(seen).toMatchObject({ code: 6, approvals: [] });
  expect(seen.trouble).toEqual([
    {
      seq: event?.seq,
      what: expect.stringContaining(`the approval in entry ${event?.seq} does not hold`),
      disowned: null,
    },
  ]);
  expect(seen.text).toContain('APPROVALS  0 given');

  const [rejection] = await forge(loop.home, id, {
    actor: other.actor,
    body: { type: 'rejected', approval: { ...approval, document: { ...approval.document, reason: 'not me' } } },
  });
  const rejected = await shown(id);
  expect(rejected.trouble.map(({ seq }) => seq)).toEqual([event?.seq, rejection?.seq]);
  expect(rejected).toMatchObject({ state: 'rejected', why: null });
});

signTest('[CLI-16, RECORD-11] a summary that was edited by SQL is not shown; the events are', async () => {
  const id = ran;
  const record = join(loop.home, 'record.sqlite');
  const state = (text: string): string => `json_extract(state, '${text}')`;
  const claim = canonicalJson([{ verdict: { kind: 'confirmed', isAsBefore: false, findings: [] } }] as unknown as Json);
  tamper(
    record,
    `update proposals set kind = 'closed', state = json_set(state, '$.kind', 'closed', '$.mark', 'as-approved',
       '$.verdicts', json('${claim}')) where proposal = '${id}' and ${state('$.kind')} = 'executed'`,
  );
  const seen = await shown(id);
  expect(seen).toMatchObject({ code: 6, state: 'executed', outcome: 'completed', verdict: null, mark: null });
  expect(seen.trouble).toEqual([
    { seq: expect.any(Number), what: `the summary of proposal ${id} is not what its events amount to`, disowned: null },
  ]);
  expect(seen.text).toContain('OUTCOME  completed');
  expect(await listed(id)).toMatchObject({ code: 6, state: 'executed', outcome: 'completed', verdict: null });

  tamper(record, `update events set body = replace(body, '"completed"', '"no-effect"') where proposal = '${id}'`);
  expect(await shown(id)).toMatchObject({ code: 6, outcome: null });
  tamper(record, `delete from events where proposal = '${id}'`);
  const gone = await shown(id);
  expect(gone).toMatchObject({ code: 6, state: 'closed', outcome: null, verdict: null, mark: null, approvals: [] });
});

signTest('[CLI-16, RECORD-10] words and a place that were changed by SQL are found where nobody signs', async () => {
  const record = join(loop.home, 'record.sqlite');
  await loop.run('comment', ran, '--text', 'it went well');
  tamper(record, `update events set body = replace(body, 'it went well', 'nothing to see') where proposal = '${ran}'`);
  const seen = await shown(ran);
  const [event] = (await eventsOf(loop.home, ran)).slice(-1);
  const what = `entry ${event?.seq} does not hash to what it says: it was changed`;
  expect(seen).toMatchObject({ code: 6, trouble: [{ seq: event?.seq, what, disowned: null }] });
  expect(seen.text).not.toContain('nothing to see');

  tamper(record, `update proposals set seq = seq - 1 where proposal = '${done}'`);
  expect((await shown(done)).trouble.map((one) => one.what)).toEqual([
    `the summary of proposal ${done} is not what its events amount to`,
  ]);
});

signTest('[CLI-16, L9] without a trust file that is believed, it says that signatures were not checked', async () => {
  const without = { COUNTERSIGN_TRUST_HOME: join(loop.root, 'nowhere') };
  const show = await loop.runAs(without, 'show', done);
  expect(show.code).toBe(0);
  expect(show.stdout.split('\n')[0]).toBe('NOT CHECKED  signatures were not checked: there is no trust file yet');
  const json = JSON.parse((await loop.runAs(without, 'show', done, '--json')).stdout) as Shown;
  expect(json.unchecked).toBe('there is no trust file yet');
  const list = await loop.runAs(without, 'list', '--json');
  expect(JSON.parse(list.stdout)).toMatchObject({ unchecked: 'there is no trust file yet' });
  expect((await loop.runAs(without, 'list')).stdout).toContain('NOT CHECKED  signatures were not checked');
});
