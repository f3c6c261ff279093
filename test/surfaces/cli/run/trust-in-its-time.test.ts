/** Old entries after the trust file went on: keys are rotated, people leave, and nobody signs for them afterwards. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openKeys } from '../../../../src/adapters/index.ts';
import { compose } from '../../../../src/compose.ts';
import { canonicalJson, type Json } from '../../../../src/kernel/index.ts';
import { exportRecord, signedText } from '../../../../src/record/index.ts';
import { needs } from '../../../real/needs.ts';
import { HOMES, trustFileOf } from '../../../support/composed-loop.ts';
import { eventsOf, forge } from '../../../support/forge-event.ts';
import { type RealLoop, realLoop } from '../../../support/real-loop.ts';

const signTest = needs('ssh-keygen');

/** Changes the trust file, raises its version, and has ann sign it. */
async function change(loop: RealLoop, edit: (text: string) => string): Promise<void> {
  const file = trustFileOf(loop);
  const text = readFileSync(file, 'utf8');
  const version = Number(/^version: (\d+)$/m.exec(text)?.[1]);
  writeFileSync(file, edit(text).replace(/^version: .*$/m, `version: ${version + 1}`));
  const ran = await loop.run('trust', 'sign', '--ssh-key', loop.key);
  if (ran.code !== 0) throw new Error(`not signed: ${ran.stderr}`);
}

async function rotateRunner(loop: RealLoop): Promise<void> {
  const directory = join(`${loop.home}-runner`, 'keys');
  const old = await openKeys(directory, 'local');
  rmSync(directory, { recursive: true });
  const fresh = await openKeys(directory, 'local');
  await change(loop, (text) => text.replace(old.signer.key, fresh.signer.key).replace(old.recipient, fresh.recipient));
}

/** Lets ben approve, too; ben's private key. */
async function addBen(loop: RealLoop): Promise<string> {
  const key = join(loop.root, 'ben');
  rmSync(key, { force: true });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const added = await loop.run('approver', 'add', 'ben', '--ssh-key', `${key}.pub`, '--sign-with', loop.key);
  expect(added.stderr).toBe('');
  return key;
}

const removeBen = (loop: RealLoop): Promise<void> =>
  change(loop, (text) => text.replace(/\n {2}- name: ben\n(?: {4}.*\n)+/, '\n'));

async function executed(loop: RealLoop, key: string): Promise<string> {
  rmSync(join(loop.root, 'argv.effect'), { force: true });
  const id = await loop.propose('argv');
  expect((await loop.run('approve', id, '--ssh-key', key, '--yes')).code).toBe(0);
  expect((await loop.run('execute', id)).code).toBe(0);
  expect((await loop.run('verify', id)).code).toBe(0);
  return id;
}

async function exportAll(loop: RealLoop, file: string): Promise<void> {
  const { store, blobs, hash, clock, openSigner } = await compose(loop.environment).recording();
  const signer = await openSigner();
  const parts = { source: store.source, blobs, hash, clock, signer, scope: { kind: 'everything' } } as const;
  const lines: string[] = [];
  for await (const line of exportRecord(parts)) lines.push(line);
  await store.close();
  writeFileSync(file, lines.join(''));
}

async function verified(loop: RealLoop, ...args: readonly string[]): Promise<Record<string, unknown>> {
  return await loop.json('record', 'verify', ...args);
}

signTest(
  '[RECORD-25, CLI-16, L15] what a runner signed before its key was rotated stays good, here, in an export and for itself',
  async () => {
    const loop = await realLoop();
    const id = await executed(loop, loop.key);
    await rotateRunner(loop);
    expect(await verified(loop)).toMatchObject({ kind: 'whole', trustVersions: [1, 2], notes: [] });
    expect((await loop.run('record', 'verify')).stdout).toContain(
      '  signatures judged by versions 1, 2 of the trust file, each in its time',
    );
    expect(await loop.json('show', id)).toMatchObject({ outcome: 'completed', verdict: 'confirmed', trouble: [] });
    const file = join(loop.root, 'all.jsonl');
    expect((await loop.run('record', 'export', '--out', file)).code).toBe(0);
    expect(await verified(loop, '--file', file)).toMatchObject({ kind: 'whole', trustVersions: [1, 2] });

    // The runner walks over its own old entries before it goes on, and goes on with its new key.
    await executed(loop, loop.key);
    expect(await verified(loop)).toMatchObject({ kind: 'whole' });

    const started = (await eventsOf(loop.home, id)).find(({ body }) => body.type === 'started');
    const other = await loop.propose('argv');
    await loop.approve(other);
    if (started === undefined) throw new TypeError('it was started');
    const claim = { type: 'claimed', runner: 'local', claim: 'c', account: 'root' } as const;
    const { actor, body } = started;
    await forge(loop.home, other, { actor, body: claim }, { actor, body, atMs: started.atMs });
    expect(await verified(loop)).toMatchObject({ kind: 'broken', problem: { kind: 'bad-signature' } });
  },
  240_000,
);

signTest(
  '[RECORD-25, L2, L15] what a person approved stays good when they leave; what they sign afterwards never is',
  async () => {
    const loop = await realLoop();
    const ben = await addBen(loop);
    const id = await executed(loop, ben);
    const left = await loop.propose('argv');
    await removeBen(loop);
    expect(await verified(loop)).toMatchObject({ kind: 'whole', trustVersions: [1, 2, 3] });
    expect(await loop.json('show', id)).toMatchObject({ approvals: [{ approver: 'ben' }], trouble: [] });

    const good = (await eventsOf(loop.home, id)).find(({ body }) => body.type === 'approval-given');
    if (good?.body.type !== 'approval-given') throw new TypeError('ben approved it');
    const own = (await loop.json('show', left)) as { bundleDigest: string; previewDigest: string };
    const { approval } = good.body;
    const document = {
      ...approval.document,
      proposal: left,
      bundleDigest: own.bundleDigest,
      previewDigest: own.previewDigest,
    };
    const text = canonicalJson(document as unknown as Json);
    const armored = execFileSync('ssh-keygen', ['-Y', 'sign', '-n', 'countersign', '-f', ben], {
      input: text,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const signed = { ...approval, document, signature: { kind: 'ssh', armored } } as const;
    const file = join(loop.root, 'all.jsonl');
    const record = join(loop.root, 'backup');
    execFileSync('cp', ['-r', loop.home, record]);
    for (const atMs of [Date.now(), good.atMs]) {
      rmSync(loop.home, { recursive: true });
      execFileSync('cp', ['-r', record, loop.home]);
      const [event] = await forge(loop.home, left, {
        actor: good.actor,
        body: { type: 'approval-given', approval: signed },
        atMs,
      });
      const what = `the approval in entry ${event?.seq} does not hold: the trust file has no approver ben`;
      const problem = { kind: 'bad-approval', seq: event?.seq, what };
      expect(await verified(loop)).toMatchObject({ kind: 'broken', problem });
      expect(await loop.json('show', left)).toMatchObject({ approvals: [], trouble: [{ seq: event?.seq, what }] });
      // The command exports no such record; whoever has the verifier's key can still make such a file.
      expect((await loop.run('record', 'export', '--out', file)).code).toBe(6);
      await exportAll(loop, file);
      expect(await verified(loop, '--file', file)).toMatchObject({ kind: 'broken', problem });
    }
  },
  240_000,
);

signTest(
  '[RECORD-25, APPROVE-21] a history that was edited or thinned out is found, and nothing is judged by it',
  async () => {
    const loop = await realLoop();
    const id = await executed(loop, loop.key);
    await rotateRunner(loop);
    const directory = join(loop.home, 'trust-history');
    expect(readdirSync(directory)).toEqual(['00000001.json', '00000002.json']);
    const file = join(directory, '00000002.json');
    const text = readFileSync(file, 'utf8');
    const damages: readonly (() => void)[] = [
      () => writeFileSync(file, text.replace(/"acceptedAtMs":\d+/, '"acceptedAtMs":9000000000000')),
      () => writeFileSync(file, text.slice(0, -5)),
      () => rmSync(join(directory, '00000001.json')),
    ];
    for (const damage of damages) {
      damage();
      const ran = await loop.run('record', 'verify', '--json');
      expect([ran.code, JSON.parse(ran.stdout).code]).toEqual([6, 'TRUST_HISTORY_BROKEN']);
      const shown = await loop.run('show', id);
      expect(shown.stdout.split('\n')[0]).toMatch(
        /^NOT CHECKED {2}signatures were not checked: .*remembered trust file/,
      );
      writeFileSync(file, text);
    }
  },
  240_000,
);

signTest(
  '[RECORD-25, L15] the control plane can not be made to forget when a key was removed: the others remember',
  async () => {
    const loop = await realLoop();
    await executed(loop, loop.key);
    const [pin, directory] = [join(loop.home, 'trust-pin.json'), join(loop.home, 'trust-history')];
    const before = join(loop.root, 'before');
    execFileSync('cp', ['-r', directory, before]);
    const oldPin = readFileSync(pin);
    const old = await openKeys(join(`${loop.home}-runner`, 'keys'), 'local');
    const kept = await rotateAndForge(loop);
    expect(old.signer.key).toBe(kept);
    expect(await verified(loop)).toMatchObject({ kind: 'broken' });
    // Whoever may write this home has it accept the second version anew, as if it had come after the forgery.
    rmSync(directory, { recursive: true });
    execFileSync('cp', ['-r', before, directory]);
    writeFileSync(pin, oldPin);
    expect(await verified(loop)).toMatchObject({ kind: 'broken', problem: { kind: 'bad-signature' } });
  },
  240_000,
);

/** Rotates the runner's key and signs a start with the old one, as its thief would; the old public key. */
async function rotateAndForge(loop: RealLoop): Promise<string> {
  const directory = join(`${loop.home}-runner`, 'keys');
  const { signer } = await openKeys(directory, 'local');
  await rotateRunner(loop);
  const id = await loop.propose('argv');
  await loop.approve(id);
  const body = { type: 'started', nonces: [] } as const;
  const actor = { kind: 'runner', name: 'local', key: signer.key } as const;
  const signed = { key: signer.key, signature: await signer.sign(signedText(id, body)) };
  await forge(
    loop.home,
    id,
    { actor, body: { type: 'claimed', runner: 'local', claim: 'c', account: 'root' } },
    { actor, body: { ...body, signed } },
  );
  return signer.key;
}

signTest(
  '[RECORD-25] a home from before there was a history begins with what it believes, and says so',
  async () => {
    const loop = await realLoop();
    await executed(loop, loop.key);
    await addBen(loop);
    for (const home of HOMES) rmSync(join(`${loop.home}${home}`, 'trust-history'), { recursive: true, force: true });
    const note = 'versions before 2 are not remembered here: older entries are judged by it';
    expect(await verified(loop)).toMatchObject({ kind: 'whole', trustVersions: [2], notes: [note] });
    expect((await loop.run('record', 'verify')).stdout).toContain(`  ${note}`);
    await removeBen(loop);
    expect(await verified(loop)).toMatchObject({ kind: 'whole', trustVersions: [2, 3], notes: [note] });

    // Several changes at once: what was believed last is kept, too.
    for (const home of HOMES) rmSync(join(`${loop.home}${home}`, 'trust-history'), { recursive: true, force: true });
    await addBen(loop);
    expect(await verified(loop)).toMatchObject({ kind: 'whole', trustVersions: [3, 4] });

    for (const home of HOMES) rmSync(join(`${loop.home}${home}`, 'trust-pin.json'), { force: true });
    writeFileSync(trustFileOf(loop), `${readFileSync(trustFileOf(loop), 'utf8')}# anew\n`);
    rmSync(`${trustFileOf(loop)}.sig`);
    expect(await verified(loop)).toMatchObject({
      kind: 'whole',
      trustVersions: [3, 4, 4],
      notes: [
        'versions before 3 are not remembered here: older entries are judged by it',
        expect.stringMatching(/^version 4 was trusted on first use again after entry \d+: nobody before it signed it$/),
      ],
    });
  },
  240_000,
);

signTest(
  '[RECORD-25] a key that the others use already is good, although this home read the trust file after them',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    const elsewhere = {
      COUNTERSIGN_HOME: join(loop.root, 'elsewhere'),
      COUNTERSIGN_TRUST_HOME: `${loop.home}-trust`,
      COUNTERSIGN_RUNNER_HOME: `${loop.home}-runner`,
      COUNTERSIGN_VERIFIER_HOME: `${loop.home}-verifier`,
    };
    const away: RealLoop = { ...loop, run: (...args) => loop.runAs(elsewhere, ...args) };
    await rotateRunner(away);
    const { signer } = await openKeys(join(`${loop.home}-runner`, 'keys'), 'local');
    const body = { type: 'started', nonces: [] } as const;
    const actor = { kind: 'runner', name: 'local', key: signer.key } as const;
    const signed = { key: signer.key, signature: await signer.sign(signedText(id, body)) };
    const claim = { type: 'claimed', runner: 'local', claim: 'c', account: 'root' } as const;
    const [, event] = await forge(loop.home, id, { actor, body: claim }, { actor, body: { ...body, signed } });
    expect(readdirSync(join(loop.home, 'trust-history'))).toEqual(['00000001.json']);
    expect(await verified(loop)).toMatchObject({ kind: 'whole', trustVersions: [1, 2] });
    const { afterSeq } = JSON.parse(readFileSync(join(loop.home, 'trust-history', '00000002.json'), 'utf8'));
    expect(afterSeq).toBe(event?.seq);
    // The runner's own home knew nothing of this record when it read the file: it says when, and not where.
    const others = join(`${loop.home}-runner`, 'trust-history', '00000002.json');
    expect(JSON.parse(readFileSync(others, 'utf8')).afterSeq).toBe(null);
    await change(loop, (text) => `${text}# the same keys\n`);
    expect(await verified(loop)).toMatchObject({ kind: 'whole', trustVersions: [1, 2, 3] });
  },
  240_000,
);
