import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure, NOT_AS_SEALED, type Refusal } from '../../../src/kernel/index.ts';
import { type ExecutionAnswer, type ExecutionParts, executeApproved } from '../../../src/loop/execute/index.ts';
import { approveScript, type Scripted, SHELL } from './house/approve-script.ts';
import { authority, type House, lookingBaseline, REQUIREMENT, setWorld, signatureOf } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate, until } from './house/world.ts';

const LATE_MS = 2_000;

type Change = (parts: ExecutionParts) => Partial<ExecutionParts>;

async function tryScript(
  options: Scripted = {},
  change: Change = () => ({}),
): Promise<{ readonly house: House; readonly answer: ExecutionAnswer }> {
  const house = await houseIn(makeRoot(), change);
  openGate(house);
  const { proposal } = await approveScript(house, EFFECT, options);
  const answer = await executeApproved(house.parts, proposal);
  return { house, answer };
}

async function expectReleased(house: House, why: RegExp): Promise<void> {
  const { state, target } = await house.parts.journal.standing('p1');
  expect(state.kind).toBe('approved');
  expect(target).toEqual({ busy: undefined, held: [] });
  expect(effects(house)).toEqual([]);
  const events = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 });
  const last = events.at(-1)?.body;
  expect(last?.type === 'released' ? last.why : last?.type).toMatch(why);
  const runs = house.parts.runsDirectory;
  expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
  expect(await house.parts.ledger.unfinished()).toEqual([]);
}

async function expectStale(house: House, spent: boolean): Promise<void> {
  const { state, target } = await house.parts.journal.standing('p1');
  expect(state.kind).toBe('stale');
  expect(target).toEqual({ busy: undefined, held: [] });
  expect(effects(house)).toEqual([]);
  const events = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 });
  const last = events.at(-1)?.body;
  expect(last?.type === 'stale' ? last.spent : last?.type).toBe(spent);
}

test('[EXECUTE-05, L3] a fact that changed since the sealing is named, nothing ran and nothing is spent', async () => {
  const house = await houseIn(makeRoot());
  const { proposal, manifest } = await approveScript(house, EFFECT);
  setWorld(house.world, 2);
  const answer = await executeApproved(house.parts, proposal);
  expect(answer).toEqual({
    kind: 'stale',
    differences: [{ name: 'world.version', sealed: 1, found: 2 }],
    spent: false,
  });
  await expectStale(house, false);
  expect(await house.parts.ledger.find(house.parts.hash(JSON.stringify(manifest)))).toBeUndefined();
  expect(await house.parts.ledger.unfinished()).toEqual([]);
  expect(readdirSync(house.parts.runsDirectory)).toEqual([]);
  expect(await executeApproved(house.parts, proposal)).toMatchObject({ kind: 'refused', code: 'NOT_LEGAL_NOW' });
});

test('[EXECUTE-05, L3] a tool whose bytes were swapped after the approval is stale', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  const tool = join(root, 'tool');
  writeFileSync(tool, readFileSync(SHELL));
  chmodSync(tool, 0o755);
  const digest = house.parts.hash(readFileSync(tool));
  const { proposal } = await approveScript(house, EFFECT, {
    manifest: (manifest) => ({ ...manifest, tool: { path: tool, digest, version: '' } }),
  });
  writeFileSync(tool, '#!/bin/sh\necho evil');
  const answer = await executeApproved(house.parts, proposal);
  const found = house.parts.hash(readFileSync(tool));
  const differences = [{ name: 'tool.digest', sealed: digest, found, paths: [{ path: tool, change: 'changed' }] }];
  expect(answer).toEqual({ kind: 'stale', differences, spent: false });
  await expectStale(house, false);
  const events = await house.parts.log.read({ stream: `proposal:${proposal}`, afterSeq: 0, limit: 100 });
  expect(events.at(-1)?.body).toEqual({ type: 'stale', differences, spent: false });
});

test('[EXECUTE-05] a tool that is gone is stale, by the driver’s word or by its path', async () => {
  const gone = await houseIn(makeRoot());
  await approveScript(gone, EFFECT);
  writeFileSync(join(gone.world, 'tool-is-gone'), '');
  expect(await executeApproved(gone.parts, 'p1')).toEqual({
    kind: 'stale',
    differences: [{ name: 'tool', sealed: SHELL, found: undefined }],
    spent: false,
  });
  const { answer } = await tryScript({
    manifest: (manifest) => ({ ...manifest, tool: { ...manifest.tool, path: '/no/such/tool' } }),
  });
  expect(answer).toMatchObject({
    kind: 'stale',
    differences: [{ name: 'tool.digest', found: undefined, paths: [{ path: '/no/such/tool', change: 'gone' }] }],
  });
});

const files =
  (changedFiles: NonNullable<ExecutionParts['drivers']['argv']['changedFiles']>): Change =>
  (parts) => ({ drivers: { ...parts.drivers, argv: { ...parts.drivers.argv, changedFiles } } });

async function staleWith(change: Change): Promise<unknown> {
  const house = await houseIn(makeRoot(), change);
  const { proposal } = await approveScript(house, EFFECT);
  setWorld(house.world, 2);
  const answer = await executeApproved(house.parts, proposal);
  await expectStale(house, false);
  const events = await house.parts.log.read({ stream: `proposal:${proposal}`, afterSeq: 0, limit: 100 });
  const last = events.at(-1)?.body;
  expect(answer).toMatchObject({ kind: 'stale', differences: last?.type === 'stale' ? last.differences : [] });
  return last;
}

test('[EXECUTE-05, L3] the files by which a fact differs are named with it, ten of them, and the others are counted', async () => {
  const path = (index: number) => ({ path: `f${index}`, change: 'changed' }) as const;
  const twelve = Array.from({ length: 12 }, (_, index) => path(index));
  const of = { name: 'world.version', sealed: 1, found: 2 };
  const stale = (difference: object) => ({ type: 'stale', differences: [difference], spent: false });
  const asked: (readonly string[])[] = [];
  const all = files(async (_bundle, facts) => {
    asked.push(facts);
    return { 'world.version': twelve, 'world.other': [path(99)] };
  });
  expect(await staleWith(all)).toEqual(stale({ ...of, paths: twelve.slice(0, 10), morePaths: 2 }));
  expect(asked).toEqual([['world.version']]);
  const few = files(async () => ({ 'world.version': twelve.slice(0, 10) }));
  expect(await staleWith(few)).toEqual(stale({ ...of, paths: twelve.slice(0, 10) }));
  expect(await staleWith(files(async () => ({})))).toEqual(stale(of));
});

test('[EXECUTE-05, L3] what can not be named by its files is stale all the same', async () => {
  const blind = files(async () => {
    throw new Failure('CONFIG_INVALID', 'a link leaves the directory', { hint: 'replace it' });
  });
  expect(await staleWith(blind)).toEqual({
    type: 'stale',
    differences: [{ name: 'world.version', sealed: 1, found: 2 }],
    spent: false,
  });
});

test('[EXECUTE-05, L3] a driver that would run another program than the sealed one is stopped', async () => {
  const { house, answer } = await tryScript({}, (parts) => ({
    drivers: {
      ...parts.drivers,
      argv: {
        ...parts.drivers.argv,
        command: (bundle) => ({ ...parts.drivers.argv.command(bundle), file: '/bin/evil' }),
      },
    },
  }));
  expect(answer).toMatchObject({
    kind: 'stale',
    differences: [{ name: 'tool.path', sealed: SHELL, found: '/bin/evil' }],
  });
  await expectStale(house, false);
});

test('[EXECUTE-05] a probe that fails gives the claim back and is told as what it is', async () => {
  const house = await houseIn(makeRoot());
  await approveScript(house, EFFECT);
  writeFileSync(join(house.world, 'probe-fails'), '');
  await expect(executeApproved(house.parts, 'p1')).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  await expectReleased(house, /^TOOL_FAILED: no answer$/);
});

test('[EXECUTE-05, L3] a thing that moved though every fact holds is named, nothing ran and nothing is spent', async () => {
  const house = await houseIn(makeRoot());
  await approveScript(house, EFFECT);
  writeFileSync(join(house.world, 'moved'), 'object a');
  expect(await executeApproved(house.parts, 'p1')).toEqual({
    kind: 'stale',
    differences: [{ name: 'object a', sealed: 'update', found: 'gone' }],
    spent: false,
  });
  await expectStale(house, false);
  expect(await house.parts.ledger.unfinished()).toEqual([]);
});

test('[EXECUTE-05] a fact that differs is found before anybody looks at the things themselves', async () => {
  const house = await houseIn(makeRoot());
  await approveScript(house, EFFECT);
  writeFileSync(join(house.world, 'look-fails'), '');
  setWorld(house.world, 2);
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ differences: [{ name: 'world.version' }] });
});

test('[EXECUTE-05] a look that fails gives the claim back, and the approval is still good', async () => {
  const house = await houseIn(makeRoot());
  openGate(house);
  await approveScript(house, EFFECT);
  writeFileSync(join(house.world, 'look-fails'), '');
  await expect(executeApproved(house.parts, 'p1')).rejects.toMatchObject({ code: 'TOOL_FAILED', message: 'no look' });
  await expectReleased(house, /^TOOL_FAILED: no look$/);
  rmSync(join(house.world, 'look-fails'));
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ kind: 'executed' });
});

test('[EXECUTE-06, L4, L5] a difference found after the intent is stale, and the approvals are spent', async () => {
  const { house, answer } = await tryScript({}, (parts) => ({
    progress: {
      reached: (step) => {
        if (step === 'intended') setWorld(join(parts.runsDirectory, '..', '..', 'world'), 3);
      },
    },
  }));
  expect(answer).toEqual({ kind: 'stale', differences: [{ name: 'world.version', sealed: 1, found: 3 }], spent: true });
  await expectStale(house, true);
  expect(await house.parts.ledger.unfinished()).toEqual([]);
});

test('[EXECUTE-06, L5] a probe that fails after the intent spends the approvals, and nothing ran', async () => {
  const house = await houseIn(makeRoot(), (parts) => ({
    progress: {
      reached: (step) => {
        if (step === 'intended') writeFileSync(join(parts.runsDirectory, '..', '..', 'world', 'probe-fails'), '');
      },
    },
  }));
  await approveScript(house, EFFECT);
  await expect(executeApproved(house.parts, 'p1')).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  await expectStale(house, true);
});

test('[EXECUTE-08, L3] a preview that is not what people signed stops it, for good', async () => {
  const { house, answer } = await tryScript({}, (parts) => ({
    drivers: {
      ...parts.drivers,
      argv: {
        ...parts.drivers.argv,
        preview: async (bundle) => ({ ...(await parts.drivers.argv.preview(bundle)), notes: ['something else'] }),
      },
    },
  }));
  expect(answer).toMatchObject({ kind: 'refused', code: 'PREVIEW_MISMATCH', where: 'p1' });
  await expectStale(house, false);
  const events = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 });
  expect(events.at(-1)?.body).toMatchObject({ differences: [{ name: 'preview' }] });
});

const DISAGREEMENTS: readonly (readonly [string, Scripted])[] = [
  ['checks', { sealed: (sealed) => ({ ...sealed, checks: [] }) }],
  ['place', { sealed: (sealed) => ({ ...sealed, place: 'e'.repeat(64) }) }],
  ['secretBlobs', { sealed: (sealed) => ({ ...sealed, secretBlobs: [] }), secrets: { TOKEN: 'hunter22' } }],
];

test.each(DISAGREEMENTS)(
  '[EXECUTE-08, L3] a record that says other %s than the bundle is refused',
  async (member, options) => {
    const { house, answer } = await tryScript(options);
    expect(answer).toMatchObject({ kind: 'refused', code: 'WRONG_DOCUMENT' });
    expect((answer as Refusal).why).toMatch(new RegExp(`^the record says ${member} [\\["]`));
    await expectReleased(house, /^WRONG_DOCUMENT: the record says/);
  },
);

test('[EXECUTE-08, L2, L3] a manifest of another proposal, driver or proposer is refused by name', async () => {
  for (const [member, value] of [
    ['proposal', 'p9'],
    ['driver', 'sqlite'],
    ['proposer', { kind: 'person', name: 'somebody else' }],
    ['recovers', 'p-held'],
  ] as const) {
    const { answer } = await tryScript({ manifest: (manifest) => ({ ...manifest, [member]: value }) });
    expect(answer).toMatchObject({ kind: 'refused', code: 'WRONG_DOCUMENT' });
    expect((answer as Refusal).why).toContain(`the record says ${member} `);
  }
});

test('[EXECUTE-08, L3] a manifest or blob whose bytes were changed never runs', async () => {
  const tampered = await houseIn(makeRoot());
  const { manifest } = await approveScript(tampered, EFFECT);
  writeFileSync(join(tampered.root, 'blobs', manifest.blobs[0]?.digest ?? ''), 'echo evil');
  await expect(executeApproved(tampered.parts, 'p1')).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  await expectReleased(tampered, /^BLOB_CORRUPT: the bytes "script" of p1/);

  const forged = await houseIn(makeRoot());
  const { state } = await approveScript(forged, EFFECT);
  if (state.kind !== 'approved') throw new TypeError(state.kind);
  const path = join(forged.root, 'blobs', state.bundleDigest);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"try"', '"lie"'));
  await expect(executeApproved(forged.parts, 'p1')).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  await expectReleased(forged, /its bytes have another digest/);
});

test('[EXECUTE-08, L11] a bundle whose secrets were destroyed does not run', async () => {
  const house = await houseIn(makeRoot());
  const { state } = await approveScript(house, EFFECT, { secrets: { TOKEN: 'hunter22' } });
  if (state.kind !== 'approved') throw new TypeError(state.kind);
  await house.parts.blobs.destroy(state.secretBlobs[0] ?? '');
  await expect(executeApproved(house.parts, 'p1')).rejects.toMatchObject({ code: 'SECRET_DESTROYED' });
  await expectReleased(house, /^SECRET_DESTROYED/);
});

const NOT_MINE: readonly (readonly [string, Change])[] = [
  ['key', (parts) => ({ signer: { ...parts.signer, key: 'another key' } })],
  ['account', () => ({ account: 'root' })],
];

test.each(NOT_MINE)('[EXECUTE-07, L3] a bundle for a runner with another %s is refused', async (member, change) => {
  const house = await houseIn(makeRoot());
  const { proposal } = await approveScript(house, EFFECT);
  const other = await houseIn(house.root, change);
  const answer = await executeApproved(other.parts, proposal);
  expect(answer).toMatchObject({ kind: 'refused', code: 'WRONG_RUNNER' });
  expect((answer as Refusal).why).toContain(`a runner with the ${member} `);
  await expectReleased(house, /^WRONG_RUNNER: /);
});

test('[EXECUTE-07] a runner of another name can’t even claim it', async () => {
  const house = await houseIn(makeRoot());
  const { proposal } = await approveScript(house, EFFECT);
  const other = await houseIn(house.root, (parts) => ({ signer: { ...parts.signer, name: 'runner-two' } }));
  expect(await executeApproved(other.parts, proposal)).toMatchObject({ kind: 'refused', code: 'WRONG_RUNNER' });
  expect((await house.parts.journal.standing(proposal)).state.kind).toBe('approved');
});

test('[EXECUTE-07, L4] a signature that this runner’s trust does not bear out is refused, whatever the record says', async () => {
  const { house, answer } = await tryScript({
    approval: (approval) => ({ ...approval, signature: { kind: 'ssh', armored: 'forged' } }),
  });
  expect(answer).toMatchObject({ kind: 'refused', code: 'SIGNATURE_INVALID' });
  await expectReleased(house, /^SIGNATURE_INVALID: bad$/);
});

test('[EXECUTE-07, L2] the runner counts by its own policy: the record’s single approval is not its two', async () => {
  const stricter = { ...authority, demand: demandOf({ ...REQUIREMENT, approvals: 2 }) };
  const { house, answer } = await tryScript({}, () => ({ authority: stricter }));
  expect(answer).toMatchObject({ kind: 'refused', code: 'QUORUM' });
  expect((answer as Refusal).why).toBe("1 of 2 approvals count by this runner's trust file");
  await expectReleased(house, /^QUORUM/);
  const both = await tryScript({ approvers: ['ann', 'bob'] }, () => ({ authority: stricter }));
  expect(both.answer.kind).toBe('executed');
});

test('[EXECUTE-07, L2] an approver who is not eligible by the runner’s own trust does not count', async () => {
  const only = { ...authority, demand: demandOf({ ...REQUIREMENT, eligible: ['bob'] }) };
  const { answer } = await tryScript({}, () => ({ authority: only }));
  expect(answer).toMatchObject({ kind: 'refused', code: 'NOT_ELIGIBLE' });
});

test('[EXECUTE-07, L15] another policy or another environment in the runner’s trust is refused', async () => {
  const policyDigest = 'f'.repeat(64);
  const policy = await tryScript({}, () => ({
    authority: { ...authority, demand: demandOf({ ...REQUIREMENT, policyDigest }) },
  }));
  expect(policy.answer).toMatchObject({ kind: 'refused', code: 'POLICY' });
  expect((policy.answer as Refusal).why).toMatch(
    /^the trust file, or the repository's own rules, changed .* since it was admitted/,
  );
  expect((policy.answer as Refusal).why).toContain(`(policy ${REQUIREMENT.policyDigest} then, ${policyDigest} here)`);
  expect((policy.answer as Refusal).next).toMatch(
    /\(countersign trust check\), then countersign withdraw \S+ and propose the change again$/,
  );

  const place = await tryScript({ manifest: (manifest) => ({ ...manifest, environment: 'sandbox' }) }, () => ({
    authority: {
      ...authority,
      demand: async () => ({ kind: 'demand', environment: 'production', requirement: REQUIREMENT }),
    },
  }));
  expect(place.answer).toMatchObject({ kind: 'refused', code: 'POLICY' });
  expect((place.answer as Refusal).why).toBe("the bundle says sandbox, this runner's trust file says production");

  const refusal = {
    kind: 'refused',
    code: 'POLICY',
    what: 'w',
    where: 'trust.yaml:3:1',
    why: 'no',
    next: 'n',
  } as const;
  const refused = await tryScript({}, () => ({ authority: { ...authority, demand: async () => refusal } }));
  expect(refused.answer).toEqual(refusal);
});

function demandOf(requirement: typeof REQUIREMENT): ExecutionParts['authority']['demand'] {
  return async ({ manifest }) => ({ kind: 'demand', environment: manifest.environment, requirement });
}

test('[EXECUTE-07, L4] an approval that runs out before the intent is refused; at the claim the kernel refuses it', async () => {
  const { house, answer } = await tryScript({}, (parts) => {
    let aheadMs = 0;
    return {
      clock: { ...parts.clock, nowMs: () => parts.clock.nowMs() + aheadMs },
      progress: {
        reached: (step) => {
          if (step === 'probed') aheadMs = 1_000_000;
        },
      },
    };
  });
  expect(answer).toMatchObject({ kind: 'refused', code: 'EXPIRED' });
  await expectReleased(house, /^EXPIRED: an approval or the proposal ran out 2/);

  // Long enough to be given on a busy machine, and waited for until it is over.
  const late = await houseIn(makeRoot());
  const { proposal } = await approveScript(late, EFFECT, { validForMs: LATE_MS });
  const endsAtMs = late.parts.clock.nowMs() + LATE_MS;
  await until('the approval ran out', () => late.parts.clock.nowMs() > endsAtMs);
  const refused = await executeApproved(late.parts, proposal);
  expect(refused).toMatchObject({ kind: 'refused', code: 'QUORUM' });
  expect((refused as Refusal).why).toContain('ran out');
  expect((await late.parts.journal.standing('p1')).state.kind).toBe('approved');
});

test('[EXECUTE-11, L7] without the verifier’s look nothing starts, and the claim is given back', async () => {
  const unavailable = { kind: 'unavailable', why: 'it sleeps', next: 'wake it' } as const;
  const { house, answer } = await tryScript({}, () => ({ baseline: { look: async () => unavailable } }));
  expect(answer).toEqual({
    kind: 'refused',
    code: 'NO_BASELINE',
    what: 'this execution',
    where: 'p1',
    why: 'the verifier has not looked at the world: it sleeps',
    next: 'wake it',
  });
  await expectReleased(house, /^NO_BASELINE: the verifier has not looked at the world: it sleeps$/);
});

test('[EXECUTE-11, L7] a baseline that only claims to have looked does not count: the record has to have the look', async () => {
  const { house, answer } = await tryScript({}, () => ({ baseline: { look: async () => ({ kind: 'looked' }) } }));
  expect(answer).toMatchObject({ kind: 'refused', code: 'NO_BASELINE' });
  expect((answer as Refusal).why).toBe('the verifier has not looked at the world: the record has no look of it');
  await expectReleased(house, /^NO_BASELINE: /);
});

test('[EXECUTE-05, EXECUTE-11, L3] a check whose program was found changed is stale before anything is spent', async () => {
  const seen = {
    answer: 'unknown',
    observed: NOT_AS_SEALED,
    detail: 'check.sh changed since it was approved',
  } as const;
  const { house, answer } = await tryScript({}, ({ journal }) => ({ baseline: lookingBaseline(journal, seen) }));
  const { state } = await house.parts.journal.standing('p1');
  const names = 'checks' in state ? state.checks.map(({ id }) => `check.${id}`) : [];
  expect(names.length).toBeGreaterThan(0);
  expect(answer).toEqual({
    kind: 'stale',
    differences: names.map((name) => ({ name, sealed: 'its program as approved', found: seen.detail })),
    spent: false,
  });
  await expectStale(house, false);
});

test.each([
  ['unknown', null],
  ['unknown', { program: 'something else' }],
  ['red', NOT_AS_SEALED],
] as const)('[EXECUTE-11, L7] a look that answers %s of %j starts all the same', async (answer, observed) => {
  const seen = { answer, observed, detail: 'a server that slept' };
  const tried = await tryScript({}, ({ journal }) => ({ baseline: lookingBaseline(journal, seen) }));
  expect(tried.answer.kind).toBe('executed');
  expect(effects(tried.house)).toHaveLength(1);
});

test('[EXECUTE-11] a bundle without checks needs no look', async () => {
  const baseline = { look: async () => ({ kind: 'unavailable', why: 'asked in vain', next: '' }) as const };
  const { answer } = await tryScript({ checks: [] }, () => ({ baseline }));
  expect(answer.kind).toBe('executed');
});

test('[EXECUTE-10, L10] a record behind a remembered head stops everything', async () => {
  const refusal = {
    kind: 'refused',
    code: 'STALE',
    what: 'the record',
    where: 'r',
    why: 'rolled back',
    next: 'n',
  } as const;
  const { house, answer } = await tryScript({}, () => ({ checkRecord: async () => refusal }));
  expect(answer).toEqual(refusal);
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
});

test('[EXECUTE-13] an interruption before anything began gives the claim back', async () => {
  const stop = new AbortController();
  const house = await houseIn(makeRoot(), () => ({
    progress: { reached: (step) => void (step === 'probed' && stop.abort()) },
  }));
  await approveScript(house, EFFECT);
  await expect(executeApproved(house.parts, 'p1', stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  await expectReleased(house, /^INTERRUPTED: interrupted before p1 began; nothing ran$/);
});

test('[EXECUTE-07] what is signed is the document, so a changed one is no approval', () => {
  const document = { reason: 'a' } as Parameters<typeof signatureOf>[0];
  expect(signatureOf(document)).not.toBe(signatureOf({ ...document, reason: 'b' }));
});

test('[EXECUTE-05, L3] the runner reads the program itself before anything runs, and again only where the driver does not', async () => {
  const reads: string[] = [];
  const counting: Change = (parts) => ({
    files: {
      ...parts.files,
      digest: async (path, maxBytes) => {
        reads.push(path);
        return await parts.files.digest(path, maxBytes);
      },
    },
    drivers: {
      ...parts.drivers,
      argv: { ...parts.drivers.argv, probe: async (manifest) => manifest.facts },
    },
  });
  const factOf = (value: string) => [{ name: 'tool.digest', role: 'version', value } as const];
  const sealed = await tryScript({ manifest: (one) => ({ ...one, facts: factOf(one.tool.digest) }) }, counting);
  expect(sealed.answer.kind).toBe('executed');
  expect(reads).toEqual([SHELL]);
  const tool = { path: SHELL, digest: 'e'.repeat(64), version: '' };
  const other = await tryScript({ manifest: (one) => ({ ...one, tool, facts: factOf('d'.repeat(64)) }) }, counting);
  expect(other.answer).toMatchObject({ kind: 'stale', differences: [{ name: 'tool.digest', sealed: tool.digest }] });
  expect(reads).toEqual([SHELL, SHELL]);
});
