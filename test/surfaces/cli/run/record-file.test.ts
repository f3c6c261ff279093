/** Whoever was handed an export, and perhaps a trust file, checks it on a machine that never saw the record. */

import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../../../real/needs.ts';
import { type Ran, typeCommandLine } from '../../../support/command-line.ts';
import { addToTrust, trustFileOf } from '../../../support/composed-loop.ts';
import { forge } from '../../../support/forge-event.ts';
import { newSigner } from '../../../support/keys.ts';
import { type RealLoop, realLoop } from '../../../support/real-loop.ts';
import { signedBy } from '../../../support/whole-life.ts';

const signTest = needs('ssh-keygen');

/** A machine of one's own: nothing of the loop is there, and what its commands make can be counted. */
function stranger(loop: RealLoop): {
  readonly place: string;
  readonly run: (...args: readonly string[]) => Promise<Ran>;
  readonly made: () => readonly string[];
} {
  const place = join(loop.root, 'stranger');
  mkdirSync(place);
  const homes = join(loop.root, 'homes-of-a-stranger');
  const environment = { ...loop.environment, HOME: place, COUNTERSIGN_HOME: join(homes, 'home') };
  return {
    place,
    run: (...args) => typeCommandLine(environment, args),
    made: () => (existsSync(homes) ? readdirSync(homes) : []),
  };
}

async function exported(loop: RealLoop): Promise<{ readonly id: string; readonly file: string }> {
  const id = await loop.propose('argv');
  await loop.approve(id);
  expect((await loop.run('execute', id)).code).toBe(0);
  expect((await loop.run('verify', id)).code).toBe(0);
  const file = join(loop.root, 'one.jsonl');
  expect((await loop.run('record', 'export', id, '--out', file)).code).toBe(0);
  return { id, file };
}

signTest(
  '[RECORD-32, L10] a stranger verifies an export with the file and a trust file, and no home is made',
  async () => {
    const loop = await realLoop();
    const { file } = await exported(loop);
    const other = stranger(loop);
    const trust = join(other.place, 'trust.yaml');
    copyFileSync(trustFileOf(loop), trust);
    const ran = await other.run('record', 'verify', '--file', file, '--trust', trust);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toMatch(/^whole {2}\d+ entries of p-/);
    expect(ran.stdout).toContain('  signatures judged by version 1 of the trust file, each in its time');
    const json = await other.run('record', 'verify', '--file', file, '--trust', trust, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'whole', trustVersions: [1], notes: [] });

    const changed = join(other.place, 'changed.jsonl');
    writeFileSync(changed, readFileSync(file, 'utf8').replace('one argv effect', 'one evil effect'));
    expect((await other.run('record', 'verify', '--file', changed, '--trust', trust)).code).toBe(6);
    // Another verifier's key: whoever signed the head is nobody to that trust file.
    const wrong = join(other.place, 'wrong.yaml');
    const elsewhere = await realLoop();
    copyFileSync(trustFileOf(elsewhere), wrong);
    const unknown = await other.run('record', 'verify', '--file', file, '--trust', wrong, '--json');
    expect(unknown.code).toBe(6);
    expect(JSON.parse(unknown.stdout)).toMatchObject({ kind: 'broken', problem: { kind: 'bad-head' } });
    expect(other.made()).toEqual([]);
  },
  120_000,
);

signTest(
  '[RECORD-32, L9] without a trust file the chain is checked, and the answer is not whole',
  async () => {
    const loop = await realLoop();
    const { file } = await exported(loop);
    const other = stranger(loop);
    const ran = await other.run('record', 'verify', '--file', file);
    expect([ran.code, ran.stderr]).toEqual([5, '']);
    expect(ran.stdout).toMatch(/^NOT CHECKED {2}signatures were not checked: there is no trust file here/);
    expect(ran.stdout).not.toContain('whole');
    const json = await other.run('record', 'verify', '--file', file, '--json');
    expect(json.code).toBe(5);
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'unvouched', trustVersions: [] });
    const changed = join(other.place, 'changed.jsonl');
    writeFileSync(changed, readFileSync(file, 'utf8').replace('one argv effect', 'one evil effect'));
    const broken = await other.run('record', 'verify', '--file', changed);
    expect(broken.code).toBe(6);
    expect(broken.stdout).toContain('BROKEN');
    expect(other.made()).toEqual([]);
  },
  120_000,
);

signTest(
  '[RECORD-32, RECORD-25] --trust takes a history as well, and is refused where it says nothing',
  async () => {
    const loop = await realLoop();
    const { file } = await exported(loop);
    await addToTrust(loop, '');
    const other = stranger(loop);
    const trust = join(other.place, 'trust.yaml');
    copyFileSync(trustFileOf(loop), trust);
    copyFileSync(`${trustFileOf(loop)}.sig`, `${trust}.sig`);
    const verified = async (path: string): Promise<Record<string, unknown>> =>
      JSON.parse((await other.run('record', 'verify', '--file', file, '--trust', path, '--json')).stdout) as Record<
        string,
        unknown
      >;
    expect(await verified(trust)).toMatchObject({
      kind: 'whole',
      trustVersions: [2],
      notes: ['versions before 2 are not remembered here: older entries are judged by it'],
    });
    const history = join(other.place, 'trust-history');
    cpSync(join(loop.home, 'trust-history'), history, { recursive: true });
    expect(await verified(history)).toMatchObject({ kind: 'whole', trustVersions: [1, 2], notes: [] });
    // A signature that does not fit its bytes is nobody's word.
    writeFileSync(trust, `${readFileSync(trust, 'utf8')}\n# changed\n`);
    expect(await verified(trust)).toMatchObject({ code: 'TRUST_UNSIGNED' });
    expect(await verified(join(other.place, 'none.yaml'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await verified(other.place)).toMatchObject({ code: 'NOT_FOUND' });
    const store = await loop.run('record', 'verify', '--trust', trust, '--json');
    expect(store.code).toBe(2);
    expect(JSON.parse(store.stdout)).toMatchObject({ code: 'USAGE' });
    expect(other.made()).toEqual([]);
  },
  120_000,
);

const mallory = newSigner('local-verifier');
const AGENT = { COUNTERSIGN_AGENT: 'mallory', COUNTERSIGN_SESSION: 's-1' };

signTest(
  '[RECORD-34, L1, L2] an agent exports without a signature and is told so; a file of it is never whole',
  async () => {
    const loop = await realLoop();
    const { id } = await exported(loop);
    const file = join(loop.root, 'agents.jsonl');
    const ran = await loop.runAs(AGENT, 'record', 'export', id, '--out', file);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('\nNOT SIGNED  its head is signed by nobody, for an agent asked');
    const { key } = JSON.parse((await loop.run('record', 'head')).stdout) as { key: string };
    expect(readFileSync(file, 'utf8').split('\n')[0]).not.toContain(key);
    const again = await loop.runAs(AGENT, 'record', 'export', id, '--out', file, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ schema: 'countersign.record-export/1', isSigned: false });
    const piped = await loop.runAs(AGENT, 'record', 'export', id);
    expect(piped.code).toBe(0);
    expect(piped.stderr).toMatch(/^NOT SIGNED /);
    expect(piped.stdout).toBe(readFileSync(file, 'utf8'));
    const verified = await loop.run('record', 'verify', '--file', file);
    expect(verified.code).toBe(5);
    expect(verified.stdout).toMatch(/^NOT SIGNED {2}nobody signed the head of this file/);
    expect(verified.stdout).not.toContain('whole');
    expect(await loop.json('record', 'verify', '--file', file)).toMatchObject({
      kind: 'unvouched',
      trustVersions: [1],
    });
    expect(await loop.json('record', 'export', id, '--out', file)).toMatchObject({ isSigned: true });
    expect((await loop.run('record', 'verify', '--file', file)).code).toBe(0);
  },
  120_000,
);

signTest(
  '[RECORD-34, L10] what `record head` refuses as broken is exported for nobody, and the first bad entry is named',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(0);
    const body = signedBy<'verified'>(mallory, id, {
      type: 'verified',
      observations: [],
      verdict: { kind: 'confirmed', isAsBefore: false, findings: [] },
    });
    const [event] = await forge(loop.home, id, {
      actor: { kind: 'verifier', name: mallory.name, key: mallory.key },
      body,
    });
    expect((await loop.run('record', 'head')).code).toBe(6);
    const file = join(loop.root, 'broken.jsonl');
    for (const who of [{}, AGENT])
      for (const args of [['--out', file], [id, '--out', file], [id]]) {
        const ran = await loop.runAs(who, 'record', 'export', ...args, '--json');
        expect(ran.code).toBe(6);
        expect(JSON.parse(ran.stdout)).toMatchObject({ code: 'RECORD_BROKEN', where: `entry ${event?.seq}` });
      }
    expect(existsSync(file)).toBe(false);
  },
  120_000,
);

signTest(
  '[RECORD-34, RECORD-32] cited evidence is in the export of its proposal, and verifies elsewhere',
  async () => {
    const loop = await realLoop();
    const seen = join(loop.root, 'seen.txt');
    writeFileSync(seen, 'disk 91%\n');
    const { id: evidence } = await loop.json('evidence', 'add', '--about', 'disk of db-1', '--file', seen);
    const common = ['--dir', loop.place, '--target', 'web', '--intent', 'i', '--evidence', String(evidence)];
    const { id } = await loop.json('propose', 'argv', ...common, '--', 'true');
    const file = join(loop.root, 'cited.jsonl');
    expect((await loop.run('record', 'export', String(id), '--out', file)).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('"about":"disk of db-1"');
    expect(text).toContain(Buffer.from('disk 91%\n').toString('base64'));
    const other = stranger(loop);
    const trust = ['--trust', trustFileOf(loop)];
    expect((await other.run('record', 'verify', '--file', file, ...trust)).code).toBe(0);
    const changed = join(other.place, 'changed.jsonl');
    writeFileSync(changed, text.replace('"about":"disk of db-1"', '"about":"disk of db-2"'));
    expect((await other.run('record', 'verify', '--file', changed, ...trust)).code).toBe(6);
    expect(other.made()).toEqual([]);
  },
  120_000,
);
