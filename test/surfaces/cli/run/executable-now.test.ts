/** What `show` and `list` say of an approved proposal after the trust file went on, beside what its runner then does. */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../../../real/needs.ts';
import { addToTrust, signTrust, trustFileOf } from '../../../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../../../support/real-loop.ts';

const signTest = needs('ssh-keygen');

async function approved(): Promise<{ readonly loop: RealLoop; readonly id: string }> {
  const loop = await realLoop();
  const id = await loop.propose('argv');
  await loop.approve(id);
  return { loop, id };
}

/** The line of a text that begins with some words. */
const lineOf = (text: string, start: string): string | undefined =>
  text.split('\n').find((line) => line.trimStart().startsWith(start));

/** `NAME:LINE:COLUMN` of a text in the trust file. */
function placeOf(loop: RealLoop, text: string): string {
  const file = trustFileOf(loop);
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  return `${file}:${index + 1}:${(lines[index] ?? '').indexOf(text) + 1}`;
}

/** What both commands say, and that the runner refuses it without an effect. */
async function refusedEverywhere(loop: RealLoop, id: string): Promise<Record<string, unknown>> {
  const { executable, state } = await loop.json('show', id);
  expect(state).toBe('approved');
  const shown = (await loop.run('show', id)).stdout;
  expect(shown.split('\n')[1]).toBe('  so the record says; its runner would refuse it');
  expect(lineOf(shown, 'NEXT')).not.toContain('countersign execute');
  const listed = (await loop.run('list')).stdout;
  expect(listed.split('\n')[0]).toMatch(new RegExp(`^${id} +approved, not executable {2}`));
  expect(listed.split('\n')).toContain(`${id}${lineOf(shown, 'NOT EXECUTABLE')}`);
  expect(((await loop.json('list'))['proposals'] as unknown[])[0]).toMatchObject({ state: 'approved', executable });
  expect((await loop.run('execute', id)).code).toBe(1);
  expect(loop.effects('argv')).toBe(0);
  // One JSON object, as the reference documents it.
  return executable as Record<string, unknown>;
}

signTest('[CLI-29, CLI-03] what the accepted trust file lets run may be executed, as everything says', async () => {
  const { loop, id } = await approved();
  const yes = { answer: 'yes', why: null, where: [], next: null };
  expect(await loop.json('show', id)).toMatchObject({ state: 'approved', executable: yes });
  const shown = (await loop.run('show', id)).stdout;
  expect(lineOf(shown, 'NEXT')).toBe(`NEXT  countersign execute ${id}`);
  expect(shown).not.toContain('NOT EXECUTABLE');
  expect((await loop.run('list')).stdout).toMatch(new RegExp(`^${id} +approved {2}`));
  const waiting = await loop.propose('sqlite');
  expect(await loop.json('show', waiting)).toMatchObject({ state: 'open', executable: null });
  expect((await loop.run('execute', id)).code).toBe(0);
  expect(await loop.json('show', id)).toMatchObject({ executable: null });
});

signTest(
  '[CLI-29, L15, L13] a rule that came later stands against it, named by its place, and so for what is open',
  async () => {
    const loop = await realLoop();
    const open = await loop.propose('sqlite');
    const id = await loop.propose('argv');
    await loop.approve(id);
    await addToTrust(loop, 'policy:\n  - name: proven\n    demand: { postconditions: required, approvalFor: 30m }\n');
    const rule = placeOf(loop, '- name: proven').replace(/:(\d+)$/, (_, column) => `:${Number(column) + 2}`);
    const why = `the policy of this target changed since it was admitted (now proven at ${rule}: an approval lives 30m at most; at least one check)`;
    const next = `countersign withdraw ${id}, then propose it again`;
    expect(await refusedEverywhere(loop, id)).toEqual({ answer: 'no', why, where: [rule], next });
    const shown = (await loop.run('show', id)).stdout;
    expect(lineOf(shown, 'NOT EXECUTABLE')).toBe(`  NOT EXECUTABLE: ${why}`);
    expect(lineOf(shown, 'NEXT')).toBe(`NEXT  ${next}`);
    // Nobody can approve it into being executed.
    expect(await loop.json('show', open)).toMatchObject({ state: 'open', executable: { answer: 'no', where: [rule] } });
    expect(lineOf((await loop.run('show', open)).stdout, 'NEXT')).toBe(
      `NEXT  countersign withdraw ${open}, then propose it again`,
    );
  },
);

signTest('[CLI-29, L15] a rule that refuses the change now, and one that is gone', async () => {
  const { loop, id } = await approved();
  await addToTrust(
    loop,
    'policy:\n  - name: no-commands\n    when: target.driver == "argv"\n    refuse: no commands here\n',
  );
  const refused = await refusedEverywhere(loop, id);
  expect(refused['why']).toBe('this execution is refused now: no commands here (no-commands)');
  expect(refused['where']).toEqual([expect.stringMatching(/trust\.yaml:\d+:5$/)]);

  const file = trustFileOf(loop);
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace(/\npolicy:\n[\s\S]*$/, '\n')
      .replace('version: 2', 'version: 3'),
  );
  await signTrust(loop);
  expect(await loop.json('show', id)).toMatchObject({ executable: { answer: 'yes' } });

  const grown = readFileSync(file, 'utf8')
    .replace('approvalFor: 1h', 'approvalFor: 2h')
    .replace('version: 3', 'version: 4');
  writeFileSync(file, grown);
  await signTrust(loop);
  const { why, where } = await refusedEverywhere(loop, id);
  expect(why).toMatch(
    /now defaults at .*an approval lives 2h at most;.* before defaults at .*an approval lives 1h at most;/,
  );
  expect(where).toEqual([expect.stringMatching(/trust\.yaml:\d+:1$/)]);
});

/** Has ben approve instead of ann; ben's private key. */
async function approvedByBen(): Promise<{ readonly loop: RealLoop; readonly id: string; readonly ben: string }> {
  const loop = await realLoop();
  const ben = join(loop.root, 'ben');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ben]);
  await loop.run('approver', 'add', 'ben', '--ssh-key', `${ben}.pub`, '--sign-with', loop.key);
  const id = await loop.propose('argv');
  expect((await loop.run('approve', id, '--ssh-key', ben, '--yes')).code).toBe(0);
  return { loop, id, ben };
}

signTest('[CLI-29, L2, L15] an approver who left, or took their key back, is named', async () => {
  const { loop, id, ben } = await approvedByBen();
  const file = trustFileOf(loop);
  const text = readFileSync(file, 'utf8');
  const other = join(loop.root, 'other');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
  const [old, fresh] = [ben, other].map((key) => readFileSync(`${key}.pub`, 'utf8').split(' ')[1] ?? '');
  const put = async (next: string, version: number): Promise<void> => {
    writeFileSync(file, next.replace(/^version: .*$/m, `version: ${version}`));
    await signTrust(loop);
  };
  await put(text.replace(old ?? '', fresh ?? ''), 3);
  const lost = await refusedEverywhere(loop, id);
  expect(lost).toMatchObject({ answer: 'no', where: [] });
  expect(lost['why']).toMatch(/^an approval does not count any more: it was made with a key that nobody registered/);
  expect(lost['next']).toBe(
    `ask another approver: countersign approve ${id} --ssh-key FILE; or countersign withdraw ${id}, then propose it again`,
  );

  await put(text.replace(/\n {2}- name: ben\n(?: {4}.*\n)+/, '\n'), 4);
  expect((await refusedEverywhere(loop, id))['why']).toMatch(
    /^the policy of this target changed since it was admitted.*; an approval does not hold: the trust file has no approver ben$/,
  );

  // And what the next step says is true: with the old people back, another one may still approve it.
  await put(text.replace(old ?? '', fresh ?? ''), 5);
  await loop.approve(id);
  expect(await loop.json('show', id)).toMatchObject({ executable: { answer: 'yes' } });
});

signTest(
  '[CLI-29, L15] a trust file that nobody signed, or that is gone, is not believed: nobody can tell, and the runner refuses',
  async () => {
    const { loop, id } = await approved();
    await signTrust(loop);
    const file = trustFileOf(loop);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text.replace(/^version: .*$/m, 'version: 2')}\n# I am the approver now\n`);
    const { executable } = (await loop.json('show', id)) as { executable: Record<string, string> };
    expect(executable).toEqual({
      answer: 'unknown',
      why: `the trust file was changed, and its signature is not true: it does not fit the key and the text (${file})`,
      where: [],
      next: 'one of ann must sign it: `countersign trust sign`',
    });
    const shown = (await loop.run('show', id)).stdout;
    expect(lineOf(shown, 'NOT KNOWN')).toBe(`  NOT KNOWN whether it may be executed: ${executable['why']}`);
    expect(shown).toContain('so the record says; whether its runner would refuse it is not known');
    expect(lineOf(shown, 'NEXT')).toBe('NEXT  one of ann must sign it: `countersign trust sign`');
    expect((await loop.run('list')).stdout).toContain('approved, not known if executable');
    const ran = await loop.run('execute', id, '--json');
    expect([ran.code === 0, JSON.parse(ran.stdout).code]).toEqual([false, 'TRUST_UNSIGNED']);

    rmSync(file);
    expect((await loop.json('show', id))['executable']).toMatchObject({
      answer: 'unknown',
      why: expect.stringContaining(file),
    });
    writeFileSync(file, text);
    expect((await loop.json('show', id))['executable']).toMatchObject({ answer: 'yes' });
    expect(loop.effects('argv')).toBe(0);
  },
);

signTest('[CLI-29, L15] rules in the repository that came later count, as its runner reads them', async () => {
  const { loop, id } = await approved();
  const rules = join(loop.root, 'argv-place', 'countersign.yaml');
  writeFileSync(rules, 'schema: countersign.repository/1\npolicy:\n  - name: quiet\n    refuse: not from here\n');
  const { why, where } = await refusedEverywhere(loop, id);
  expect([why, where]).toEqual(['this execution is refused now: not from here (quiet)', [`${rules}:3:5`]]);
  writeFileSync(rules, 'schema: nonsense\n');
  expect((await loop.json('show', id))['executable']).toMatchObject({ answer: 'unknown' });
});
