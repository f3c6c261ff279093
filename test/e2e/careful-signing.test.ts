/** Nothing is signed that nobody would believe, and nobody reviews what they did alone: through the real command line. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { tamper } from '../support/forgery.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const signTest = needs('ssh-keygen');

function makeKey(loop: RealLoop, name: string): string {
  const key = join(loop.root, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  return key;
}

signTest(
  '[APPROVE-08, L15] a trust file is signed by an approver with a raised version, or nothing is written',
  async () => {
    const loop = await realLoop();
    const file = join(`${loop.home}-trust`, 'trust.yaml');
    const first = readFileSync(file, 'utf8');
    const stranger = makeKey(loop, 'stranger');
    const code = async (...args: readonly string[]): Promise<unknown> => (await loop.json(...args))['code'];
    const add = ['approver', 'add', 'ben', '--ssh-key', `${makeKey(loop, 'ben')}.pub`, '--sign-with'] as const;
    expect(await code(...add, stranger)).toBe('REFUSED');
    expect(await code('trust', 'sign', '--ssh-key', stranger)).toBe('REFUSED');
    expect(readFileSync(file, 'utf8')).toBe(first);
    expect(existsSync(`${file}.sig`)).toBe(false);

    // A stranger who writes themselves into the file is no approver of the one that is believed.
    writeFileSync(file, first.replace('version: 1', 'version: 2').replace(publicKey(loop.key), publicKey(stranger)));
    expect(await code('trust', 'sign', '--ssh-key', stranger)).toBe('REFUSED');
    writeFileSync(file, `${first}# changed\n`);
    expect(await loop.json('trust', 'sign', '--ssh-key', loop.key)).toMatchObject({
      code: 'TRUST_ROLLED_BACK',
      hint: 'write `version: 2` into it, then sign it',
    });
    // The public half beside a private key may be another's: what counts is what was really signed.
    writeFileSync(`${stranger}.pub`, readFileSync(`${loop.key}.pub`));
    writeFileSync(file, first.replace('version: 1', 'version: 2'));
    expect(await code('trust', 'sign', '--ssh-key', stranger)).not.toBe(undefined);
    expect(existsSync(`${file}.sig`)).toBe(false);

    expect((await loop.run('trust', 'sign', '--ssh-key', loop.key)).code).toBe(0);
    expect((await loop.run('trust', 'check')).code).toBe(0);
    expect((await loop.run(...add, loop.key)).code).toBe(0);
    expect((await loop.run('trust', 'check')).code).toBe(0);
  },
  120_000,
);

function publicKey(key: string): string {
  return readFileSync(`${key}.pub`, 'utf8').trim();
}

signTest(
  '[RECORD-10, L9] a record that verify calls broken gets no signed head',
  async () => {
    const loop = await realLoop();
    await loop.propose('argv');
    expect((await loop.run('record', 'head')).code).toBe(0);
    tamper(
      join(loop.home, 'record.sqlite'),
      "update proposals set state = replace(state, 'one argv effect', 'another')",
    );
    const verified = await loop.run('record', 'verify', '--json');
    expect(verified.code).toBe(6);
    expect(await loop.run('record', 'head', '--json')).toEqual(verified);
  },
  120_000,
);

signTest(
  '[KERNEL-16, L2] a broken glass is not reviewed by an account of who broke it, nor while that is not known',
  async () => {
    const loop = await realLoop();
    const file = join(`${loop.home}-trust`, 'trust.yaml');
    const me = (
      await loop.json('propose', 'argv', '--dir', loop.place, '--target', 't', '--intent', 'i', '--', 'true')
    )['id'];
    const shown = await loop.json('show', String(me));
    const account = (shown['proposer'] as { name: string }).name;
    const text = readFileSync(file, 'utf8');
    const breakGlass = async (accounts: string, version: number): Promise<string> => {
      const changed = text
        .replace('version: 1', `version: ${version}`)
        .replace('  approvalFor: 1h', '  approvalFor: 1h\n  breakGlass: [ann]')
        .replace(/\n {4}accounts: .*/, `\n    accounts: [${accounts}]`);
      writeFileSync(file, changed);
      expect((await loop.run('trust', 'sign', '--ssh-key', loop.key)).stderr).toBe('');
      const id = await loop.propose('argv');
      const broken = await loop.run('approve', id, '--ssh-key', loop.key, '--yes', '--break-glass', '--reason', 'down');
      expect(broken.code).toBe(0);
      return id;
    };
    const unknown = await breakGlass('', 2);
    expect(await loop.json('review', unknown, '--note', 'fine')).toMatchObject({ code: 'FOUR_EYES' });
    expect((await loop.run('withdraw', unknown)).code).toBe(0);
    const own = await breakGlass(account, 3);
    expect(await loop.json('review', own, '--note', 'fine')).toMatchObject({ code: 'OWN_WORK' });
    expect((await loop.run('withdraw', own)).code).toBe(0);
    const others = await breakGlass('somebody-else', 4);
    expect(await loop.json('review', others, '--note', 'fine')).toMatchObject({ schema: 'countersign.answer/1' });
  },
  120_000,
);

signTest(
  '[APPROVE-33, L15] an approver sees that nothing binds the target, and signs nothing that the trust file refuses by now',
  async () => {
    const loop = await realLoop();
    const file = join(`${loop.home}-trust`, 'trust.yaml');
    const id = await loop.propose('argv');
    const change = async (version: number, targets: string): Promise<void> => {
      const text = readFileSync(file, 'utf8').replace(/^version: .*$/m, `version: ${version}`);
      writeFileSync(file, `${text.replace(/^targets: .*\n/m, '')}targets: {argv-target: ${targets}}\n`);
      expect((await loop.run('trust', 'sign', '--ssh-key', loop.key)).stderr).toBe('');
    };
    await change(2, '{driver: sqlite}');
    const refused = await loop.run('approve', id, '--ssh-key', loop.key, '--yes', '--json');
    expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([
      1,
      { code: 'POLICY', what: 'the target argv-target', why: 'it is changed with sqlite, not with argv' },
    ]);
    expect(await loop.show(id)).toMatchObject({ state: 'open', approvals: [] });
    await change(3, '{driver: argv}');
    const shown = (await loop.run('approve', id, '--ssh-key', loop.key, '--confirm', 'other')).stderr;
    const [target, ...below] = shown.replaceAll(/\n {12}/g, ' ').split('\n');
    expect(target).toBe('TARGET      argv-target, PRODUCTION');
    expect(below.find((line) => line.startsWith('BEWARE'))).toMatch(
      /^BEWARE {6}nothing at .*trust\.yaml:\d+:\d+ binds the target argv-target to a place for argv no environment of the trust file matches these facts: this counts as production$/,
    );
    expect(below.findIndex((line) => line.startsWith('BEWARE'))).toBeLessThan(
      below.findIndex((line) => line.startsWith('WOULD')),
    );
    const unbound = await loop.json(
      'propose',
      'argv',
      '--dir',
      loop.place,
      '--target',
      't',
      '--intent',
      'i',
      '--',
      'true',
    );
    const other = await loop.run('approve', String(unbound['id']), '--ssh-key', loop.key, '--yes');
    expect([other.code, other.stderr.replaceAll(/\n {12}/g, ' ')]).toEqual([
      0,
      expect.stringContaining('BEWARE      the trust file does not declare the target t: nothing binds it to a place '),
    ]);
  },
  120_000,
);
