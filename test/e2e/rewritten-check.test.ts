/** A check whose script is rewritten once people approved it: the essay's `2 == 2`, after the signature. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { realLoop } from '../support/real-loop.ts';

const loopTest = needs('ssh-keygen');

loopTest(
  '[VERIFY-23, APPROVE-23, L3, L7] a check’s script that is rewritten after the approval confirms nothing, and the target is held',
  async () => {
    const loop = await realLoop();
    const script = join(loop.place, 'ask.sh');
    const world = join(loop.place, 'world.txt');
    writeFileSync(script, `grep -q done '${world}'\n`);
    const check = `{claim: all is done, command: {argv: [sh, ask.sh], expect: {exitCode: 0}}}`;
    const common = ['propose', 'argv', '--dir', loop.place, '--target', 'web', '--intent', 'do it'];
    const change = ['--', 'sh', '-c', `echo half > '${world}'`];
    const { id } = (await loop.json(...common, '--check', check, ...change)) as { id: string };
    const approved = await loop.run('approve', id, '--ssh-key', loop.key, '--yes');
    expect(approved.code).toBe(0);
    const shown = `${approved.stdout}${approved.stderr}`.replaceAll(/\n {12}/g, ' ');
    expect(shown).toContain('all is done');
    expect(shown).toContain('asks: sh ask.sh gives {"exitCode":0}');
    expect(shown).toMatch(/runs, sealed: \S*sh \([0-9a-f]{12}…\), \S*ask\.sh\s+\([0-9a-f]{12}…\)/);
    await loop.run('look', id);
    expect((await loop.run('execute', id)).code).toBe(0);
    writeFileSync(script, 'true # 2 == 2\n');
    const verified = await loop.run('verify', id);
    expect(verified.code).toBe(5);
    expect(verified.stdout).toContain(
      `unknown: no readable answer after the execution (${script} changed since it was approved)`,
    );
    expect(await loop.show(id)).toMatchObject({
      state: 'held',
      outcome: 'completed',
      verdict: 'inconclusive',
      checks: [{ before: 'red', after: 'unknown', detail: `${script} changed since it was approved` }],
    });
    writeFileSync(script, `grep -q done '${world}'\n`);
    expect((await loop.run('verify', id)).code).toBe(7);
  },
  240_000,
);

loopTest(
  '[VERIFY-23, PROPOSE-14, APPROVE-23, L3] what a first line or an attached path names is refused or sealed, and rewritten it confirms nothing',
  async () => {
    const loop = await realLoop();
    const real = join(loop.place, 'real.sh');
    const nice = join(loop.place, 'nice.sh');
    const world = join(loop.place, 'world.txt');
    const propose = ['propose', 'argv', '--dir', loop.place, '--target', 'web', '--intent', 'do it', '--check'];
    const change = ['--', 'sh', '-c', `echo half > '${world}'`];
    writeFileSync(real, `grep -q done '${world}'\n`);
    for (const firstLine of [`#!/bin/sh ${real}`, `#!/usr/bin/env -S sh ${real}`]) {
      writeFileSync(nice, `${firstLine}\n`, { mode: 0o755 });
      const check = `{claim: all is done, command: {argv: ['${nice}'], expect: {exitCode: 0}}}`;
      const refused = await loop.run(...propose, check, ...change);
      expect(refused.code).toBe(2);
      expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(`${nice}: its first line gives `);
    }
    const rules = join(loop.place, 'x.awk');
    writeFileSync(rules, `BEGIN { getline line < "${world}"; exit line != "done" }\n`);
    const check = `{claim: all is done, command: {argv: [awk, '-f${rules}'], expect: {exitCode: 0}}}`;
    const { id } = (await loop.json(...propose, check, ...change)) as { id: string };
    const approved = await loop.run('approve', id, '--ssh-key', loop.key, '--yes');
    expect(`${approved.stdout}${approved.stderr}`).toMatch(/x\.awk\s+\([0-9a-f]{12}…\)/);
    await loop.run('look', id);
    expect((await loop.run('execute', id)).code).toBe(0);
    writeFileSync(rules, 'BEGIN { exit 0 }\n');
    const verified = await loop.run('verify', id);
    expect(verified.code).toBe(5);
    expect(verified.stdout).toContain(`(${rules} changed since it was approved)`);
    expect(await loop.show(id)).toMatchObject({
      verdict: 'inconclusive',
      checks: [{ before: 'red', after: 'unknown' }],
    });
  },
  240_000,
);

loopTest(
  '[EXECUTE-05, VERIFY-23, L3] a check’s script that is rewritten before the start makes the change stale, and nothing runs',
  async () => {
    const loop = await realLoop();
    const script = join(loop.place, 'ask.sh');
    const world = join(loop.place, 'world.txt');
    writeFileSync(script, `grep -q done '${world}'\n`);
    const check = `{claim: all is done, command: {argv: [sh, '${script}'], expect: {exitCode: 0}}}`;
    const propose = ['propose', 'argv', '--dir', loop.place, '--target', 'web', '--intent', 'do it', '--check', check];
    const { id } = (await loop.json(...propose, '--', 'sh', '-c', `echo done > '${world}'`)) as { id: string };
    expect((await loop.run('approve', id, '--ssh-key', loop.key, '--yes')).code).toBe(0);
    writeFileSync(script, 'true # 2 == 2\n');
    const stopped = await loop.run('execute', id);
    expect(stopped.code).toBe(1);
    expect(stopped.stdout).toContain('the world moved on since it was sealed; nothing ran');
    expect(stopped.stdout).toMatch(/^ {2}the check \S+: /m);
    expect(stopped.stdout).toContain(`: ${script} changed since it was approved\n`);
    expect(existsSync(world)).toBe(false);
    expect(await loop.show(id)).toMatchObject({ state: 'stale', outcome: null });
  },
  240_000,
);
