/** The way back after a forgery: an approver says of the very entry that nobody stands by it, and the loop goes on. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../../../real/needs.ts';
import { trustAnew, trustFileOf } from '../../../support/composed-loop.ts';
import { eventsOf, forge } from '../../../support/forge-event.ts';
import { type Row, rehashed, rewrite } from '../../../support/forgery.ts';
import { newSigner } from '../../../support/keys.ts';
import { type RealLoop, realLoop } from '../../../support/real-loop.ts';
import { signedBy } from '../../../support/whole-life.ts';

const signTest = needs('ssh-keygen');
const mallory = newSigner('local-verifier');

type Entry = { readonly seq: number; readonly hash: string };

/** Disowns entries in place of those before; returns what `trust sign` said where it refused. */
async function disown(loop: RealLoop, why: string, ...entries: readonly Entry[]): Promise<string> {
  const file = trustFileOf(loop);
  const text = readFileSync(file, 'utf8').replace(/\ndisowned:[\s\S]*$/, '');
  const version = Number(/^version: (\d+)$/m.exec(text)?.[1]);
  writeFileSync(file, withDisowned(text.replace(/^version: .*$/m, `version: ${version + 1}`), why, entries));
  return (await loop.run('trust', 'sign', '--ssh-key', loop.key)).stderr;
}

function withDisowned(text: string, why: string, entries: readonly Entry[]): string {
  const lines = entries.map(({ seq, hash }) => `  - entry: ${seq}\n    hash: '${hash}'\n    why: ${why}\n`);
  return `${text.trimEnd()}\n\ndisowned:\n${lines.join('')}`;
}

async function executed(loop: RealLoop): Promise<string> {
  rmSync(join(loop.root, 'argv.effect'), { force: true });
  const id = await loop.propose('argv');
  await loop.approve(id);
  return id;
}

signTest(
  '[RECORD-26, CLI-16, L7] a disowned verdict is still no verdict, and everything else goes on',
  async () => {
    const loop = await realLoop();
    const id = await executed(loop);
    expect((await loop.run('execute', id)).code).toBe(0);
    const body = signedBy<'verified'>(mallory, id, {
      type: 'verified',
      observations: [],
      verdict: { kind: 'confirmed', isAsBefore: false, findings: [] },
    });
    const [event] = await forge(
      loop.home,
      id,
      { actor: { kind: 'verifier', name: mallory.name, key: mallory.key }, body },
      { actor: { kind: 'control', name: 'control' }, body: { type: 'closed', mark: 'as-approved' } },
    );
    if (event === undefined) return expect.unreachable();
    const { seq, hash } = event;
    const broken = { kind: 'broken', problem: { kind: 'bad-signature', seq }, entry: { seq, hash } };
    expect(await loop.json('record', 'verify')).toMatchObject(broken);
    const said = (await loop.run('record', 'verify')).stdout;
    expect(said).toContain(`          disowned:\n            - entry: ${seq}\n              hash: ${hash}\n`);
    const next = await executed(loop);
    expect(await loop.json('execute', next)).toMatchObject({ code: 'RECORD_BROKEN', where: `entry ${seq}` });

    // Nobody but an approver, and nothing but the very entry.
    const file = trustFileOf(loop);
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, withDisowned(before.replace('version: 1', 'version: 2'), 'a forgery', [event]));
    expect(await loop.json('record', 'verify')).toMatchObject({ code: 'TRUST_UNSIGNED' });
    writeFileSync(file, before);
    expect(await disown(loop, 'a forgery', { seq, hash: 'a'.repeat(64) })).toBe('');
    expect(await loop.json('record', 'verify')).toMatchObject(broken);
    expect((await loop.run('record', 'verify')).stdout).toContain(
      `  the trust file disowns an entry ${seq} with another hash`,
    );
    expect(await disown(loop, 'a forgery', { seq: seq + 1, hash })).toBe('');
    expect(await loop.json('record', 'verify')).toMatchObject(broken);

    expect(await disown(loop, 'mallory had the file', event)).toBe('');
    const disowned = [{ seq, hash, why: 'mallory had the file' }];
    expect(await loop.json('record', 'verify')).toMatchObject({ kind: 'whole', disowned });
    const whole = await loop.run('record', 'verify');
    expect(whole.code).toBe(0);
    expect(whole.stdout).toContain('  1 disowned in the trust file; nothing that they say is believed');
    expect(whole.stdout).toContain(`    entry ${seq}: mallory had the file`);
    const shown = await loop.run('show', id, '--json');
    expect(shown.code).toBe(0);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      verdict: null,
      verdicts: [],
      mark: null,
      trouble: [{ seq, what: expect.stringContaining('does not hold'), disowned: 'mallory had the file' }],
    });
    const text = (await loop.run('show', id)).stdout;
    expect(text).toContain(`VERDICT  FORGED  entry ${seq} says "confirmed"`);
    expect(text).toMatch(new RegExp(`^  entry ${seq}: the signature .*; disowned: mallory had the file$`, 'm'));
    expect(text).not.toContain('countersign record verify');
    const listed = await loop.run('list');
    expect(listed.code).toBe(0);
    expect(listed.stdout).toContain('FORGED');
    expect(listed.stdout).not.toContain('NOT BELIEVED');

    // What closed by the disowned verdict frees nothing: the runner waits for the verifier's own, and for a good one.
    const effect = join(loop.root, 'argv.effect');
    rmSync(effect, { force: true });
    const isHeld = {
      code: 'TARGET_HELD',
      why: `${id} left it in doubt, and its release does not hold: it rests on words that were disowned`,
      next: expect.stringContaining(`countersign verify ${id}`),
    };
    expect(await loop.json('execute', next)).toMatchObject(isHeld);
    expect(text).toContain(`countersign verify ${id}`);
    expect((await loop.run('verify', id)).code).toBe(7);
    expect(await loop.json('execute', next)).toMatchObject(isHeld);
    expect(loop.effects('argv')).toBe(0);
    writeFileSync(effect, 'ran\n');
    expect((await loop.run('verify', id)).code).toBe(0);
    expect(await loop.show(id)).toMatchObject({ state: 'closed', verdict: 'confirmed' });
    rmSync(effect);
    expect((await loop.run('execute', next)).code).toBe(0);
    expect((await loop.run('verify', next)).code).toBe(0);
    expect((await loop.run('record', 'head')).code).toBe(0);
    const out = join(loop.root, 'all.jsonl');
    expect((await loop.run('record', 'export', '--out', out)).code).toBe(0);
    expect(await loop.json('record', 'verify', '--file', out)).toMatchObject({ kind: 'whole', disowned });
    expect(await loop.json('record', 'verify')).toMatchObject({ kind: 'whole', disowned });

    // Whoever stands by it again has it broken again.
    expect(await disown(loop, 'x')).toContain('disowned');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\ndisowned:[\s\S]*$/, ''));
    expect((await loop.run('trust', 'sign', '--ssh-key', loop.key)).stderr).toBe('');
    expect(await loop.json('record', 'verify')).toMatchObject(broken);
  },
  240_000,
);

/** Appends an entry that fits nowhere, past the store, as somebody with the file and SQLite can. */
function inject(loop: RealLoop, proposal: string): Entry {
  let last: Row | undefined;
  rewrite(join(loop.home, 'record.sqlite'), (rows) => {
    const like = rows.findLast((row) => row.proposal === proposal);
    if (like === undefined) throw new TypeError('it was proposed');
    const forged = {
      ...like,
      type: 'closed',
      actor: '{"kind":"control","name":"control"}',
      body: '{"mark":"as-approved","type":"closed"}',
    };
    const changed = rehashed([...rows, forged]);
    last = changed.at(-1);
    return changed;
  });
  if (last === undefined) throw new TypeError('it was appended');
  return { seq: last.seq, hash: last.hash };
}

signTest(
  '[RECORD-26, RECORD-11] a disowned entry that could not have happened is left out, and the record goes on over it',
  async () => {
    const loop = await realLoop();
    const id = await executed(loop);
    const entry = inject(loop, id);
    expect(await loop.json('record', 'verify')).toMatchObject({
      problem: { kind: 'impossible', seq: entry.seq },
      entry,
    });
    expect(await loop.json('execute', id)).toMatchObject({ code: 'RECORD_BROKEN' });
    expect((await loop.run('show', id)).code).toBe(6);
    expect(await disown(loop, 'not ours', entry)).toBe('');
    const disowned = [{ ...entry, why: 'not ours' }];
    expect(await loop.json('record', 'verify')).toMatchObject({ kind: 'whole', disowned });
    expect((await loop.run('show', id)).code).toBe(0);
    expect((await loop.run('execute', id)).code).toBe(0);
    expect((await loop.run('verify', id)).code).toBe(0);
    expect(await loop.show(id)).toMatchObject({ state: 'closed', outcome: 'completed', verdict: 'confirmed' });
    expect(await loop.json('record', 'verify')).toMatchObject({ kind: 'whole', disowned });
    const out = join(loop.root, 'one.jsonl');
    expect((await loop.run('record', 'export', id, '--out', out)).code).toBe(0);
    expect(await loop.json('record', 'verify', '--file', out)).toMatchObject({ kind: 'whole', disowned });
  },
  240_000,
);

signTest(
  '[RECORD-27, L6, L7] nobody can disown a bad verdict that holds: it stays a verdict everywhere, and the attempt is named',
  async () => {
    const loop = await realLoop();
    const id = await executed(loop);
    expect((await loop.run('execute', id)).code).toBe(0);
    rmSync(join(loop.root, 'argv.effect'));
    expect((await loop.run('verify', id)).code).toBe(7);
    const before = await loop.json('show', id);
    expect(before).toMatchObject({ state: 'held', outcome: 'completed', verdict: 'refuted', trouble: [] });
    expect(await loop.json('trust', 'check')).toMatchObject({ ignored: [] });
    const words = (await eventsOf(loop.home, id)).filter(({ body }) => body.type !== 'claimed').slice(-3);
    expect(words.map(({ body }) => body.type)).toEqual(['executed', 'verified', 'held']);
    expect(await disown(loop, 'hide it', ...words)).toBe('');

    expect(await loop.json('show', id)).toEqual(before);
    const listed = (await loop.run('list')).stdout;
    expect(listed).toContain('refuted');
    expect(listed).not.toContain('FORGED');
    const ignored = words.map(({ seq, hash }) => ({ seq, hash, why: 'hide it' }));
    const whole = await loop.json('record', 'verify');
    expect(whole).toMatchObject({ kind: 'whole', disowned: [], ignored });
    const out = join(loop.root, 'one.jsonl');
    expect((await loop.run('record', 'export', id, '--out', out)).code).toBe(0);
    expect(await loop.json('record', 'verify', '--file', out)).toMatchObject({ kind: 'whole', disowned: [], ignored });
    expect(await loop.json('trust', 'check')).toMatchObject({ ignored });
    const line = `  entry ${words[1]?.seq}: disowned, but it holds: ignored (hide it)\n`;
    for (const asked of [
      ['record', 'verify'],
      ['record', 'verify', '--file', out],
      ['trust', 'check'],
    ]) {
      const said = await loop.run(...asked);
      expect(said.code).toBe(0);
      expect(`${said.stdout}\n`).toContain(line);
      expect(said.stdout).not.toContain('disowned in the trust file');
    }
    const another = ['--dir', loop.place, '--target', 'argv-target', '--intent', 'another', '--', 'true'];
    const next = String((await loop.json('propose', 'argv', ...another))['id']);
    await loop.approve(next);
    expect(await loop.json('execute', next)).toMatchObject({ code: 'TARGET_HELD', why: `${id} left it in doubt` });
  },
  240_000,
);

signTest('[RECORD-26, L15] a trust file that nobody signed disowns nothing', async () => {
  const loop = await realLoop();
  const id = await executed(loop);
  const entry = inject(loop, id);
  trustAnew(loop, withDisowned(readFileSync(trustFileOf(loop), 'utf8'), 'not ours', [entry]));
  expect(await loop.json('record', 'verify')).toMatchObject({ kind: 'broken', entry });
  expect(await loop.json('execute', id)).toMatchObject({ code: 'RECORD_BROKEN' });
  expect((await loop.run('trust', 'sign', '--ssh-key', loop.key)).stderr).toBe('');
  expect(await loop.json('record', 'verify')).toMatchObject({ kind: 'whole' });
});
