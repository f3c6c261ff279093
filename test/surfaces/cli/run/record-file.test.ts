/** Whoever was handed an export, and perhaps a trust file, checks it on a machine that never saw the record. */

import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../../../real/needs.ts';
import { type Ran, typeCommandLine } from '../../../support/command-line.ts';
import { addToTrust, trustFileOf } from '../../../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../../../support/real-loop.ts';

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
