/** Evidence is written to be read: by its id, in the proposal that cites it, and by whoever approves that. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sha256 } from '../../../../src/adapters/index.ts';
import { compose } from '../../../../src/compose.ts';
import { needs } from '../../../real/needs.ts';
import { type RealLoop, realLoop } from '../../../support/real-loop.ts';

const evidenceTest = needs('ssh-keygen');
const AGENT = { COUNTERSIGN_AGENT: 'claude', COUNTERSIGN_SESSION: 's-1' };

async function add(loop: RealLoop, content: string | Uint8Array, about: string): Promise<Record<string, unknown>> {
  const file = join(loop.root, 'seen.txt');
  writeFileSync(file, content);
  return await loop.json('evidence', 'add', '--about', about, '--file', file);
}

async function citing(loop: RealLoop, ...ids: readonly unknown[]): Promise<string> {
  const cited = ids.flatMap((id) => ['--evidence', String(id)]);
  const common = ['--dir', loop.place, '--target', 'web', '--intent', 'rest on it', ...cited];
  const proposed = await loop.json('propose', 'argv', ...common, '--', 'echo', String(ids.length));
  expect(proposed).toMatchObject({ state: 'open' });
  return String(proposed['id']);
}

evidenceTest(
  '[RECORD-33, RECORD-18, L12] evidence is read again by its id: about what, by whom, when, and its bytes made visible',
  async () => {
    const loop = await realLoop();
    const file = join(loop.root, 'df.txt');
    const content = 'disk 91%\n\u001b[2Jfull\u202e\n';
    writeFileSync(file, content);
    const added = await loop.runAs(AGENT, 'evidence', 'add', '--about', 'disk of db-1', '--file', file);
    const digest = sha256(content);
    const id = /^[0-9a-f]{26}/.exec(added.stdout)?.[0] ?? '';
    expect(added.stdout).toBe(
      `${id}  21 bytes, entry 1\n  sha256 ${digest}\n  next  cite it with --evidence ${id}; countersign evidence show ${id}\n`,
    );
    const shown = await loop.runAs(AGENT, 'evidence', 'show', id);
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    const [what, who, which, ...rest] = shown.stdout.split('\n');
    expect(what).toBe(`${id}  “disk of db-1”`);
    expect(who).toMatch(/^ {2}a read, recorded by agent claude run by .*, session s-1, \d{4}-.*Z, entry 1$/);
    expect(which).toBe(`  sha256 ${digest}, 21 bytes, secrets masked`);
    expect(rest).toEqual(['', '| disk 91%', '| ⟨U+001B⟩[2Jfull⟨U+202E⟩', '']);
    expect(await loop.json('evidence', 'show', id)).toEqual({
      schema: 'countersign.evidence-show/1',
      id,
      source: 'read',
      about: 'disk of db-1',
      recordedBy: expect.objectContaining({ kind: 'agent', name: 'claude', session: 's-1' }),
      atMs: expect.any(Number),
      seq: 1,
      digest,
      sizeBytes: 21,
      text: content,
      base64: null,
      trouble: null,
    });
    const none = await loop.run('evidence', 'show', 'f'.repeat(26), '--json');
    expect(none.code).toBe(2);
    expect(JSON.parse(none.stdout)).toMatchObject({ code: 'NOT_FOUND' });

    const bytes = Uint8Array.from([0xff, 0, 1]);
    const binary = await add(loop, bytes, 'a picture');
    expect((await loop.run('evidence', 'show', String(binary['id']))).stdout).toContain('these bytes are no text');
    expect(await loop.json('evidence', 'show', String(binary['id']))).toMatchObject({
      text: null,
      base64: Buffer.from(bytes).toString('base64'),
    });
    const { blobs } = await compose(loop.environment).reading();
    await blobs.destroy(digest);
    const gone = await loop.run('evidence', 'show', id);
    expect(gone.code).toBe(6);
    expect(gone.stdout).toContain('NOT BELIEVED');
    expect(await loop.json('evidence', 'show', id)).toMatchObject({ text: null, trouble: expect.any(String) });
  },
  120_000,
);

evidenceTest(
  '[RECORD-33, APPROVE-11] show and approve name what each citation of a proposal is about',
  async () => {
    const loop = await realLoop();
    const disk = await add(loop, 'disk 91%\n', 'disk of db-1');
    const log = await add(loop, 'oom\n', 'log of db-1');
    const id = await citing(loop, disk['id'], log['id']);
    expect(await loop.json('show', id)).toMatchObject({
      evidence: [
        { id: disk['id'], digest: disk['digest'], about: 'disk of db-1' },
        { id: log['id'], digest: log['digest'], about: 'log of db-1' },
      ],
    });
    const text = (await loop.run('show', id)).stdout;
    expect(text).toContain('\nEVIDENCE  what it rests on, as the proposer says: countersign evidence show ID\n');
    const line = new RegExp(`^ {2}${disk['id']} +“disk of db-1” +sha256 ${String(disk['digest']).slice(0, 12)}$`, 'm');
    expect(text).toMatch(line);
    const approved = await loop.run('approve', id, '--ssh-key', loop.key, '--yes');
    expect(approved.code).toBe(0);
    const asked = approved.stderr.replace(/\n {12}/g, ' ').replace(/ +/g, ' ');
    expect(asked).toContain(`EVIDENCE ${disk['id']} “disk of db-1” sha256 ${disk['digest']}`);
    expect(asked).toContain(`${log['id']} “log of db-1” sha256 ${log['digest']}`);

    // What cites nothing has no such lines; where the bundle is gone nobody can tell.
    const bare = await citing(loop);
    expect(await loop.json('show', bare)).toMatchObject({ evidence: [] });
    expect((await loop.run('show', bare)).stdout).not.toContain('EVIDENCE');
    const { bundleDigest } = (await loop.json('show', bare)) as { bundleDigest: string };
    const { blobs } = await compose(loop.environment).reading();
    await blobs.destroy(bundleDigest);
    expect(await loop.json('show', bare)).toMatchObject({ evidence: null });
    rmSync(join(loop.root, 'seen.txt'));
  },
  120_000,
);
