/** `.ci/run` with programs that do as they are told: whatever fails, is missing or hangs is noticed, and nothing runs after it. */

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { needs } from '../real/needs.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const ROOT: string = join(import.meta.dirname, '../..');
const SHELL = ['bash', 'dirname', 'env', 'id', 'timeout', 'true', 'sh'];
const COMPONENTS = ['bwrap', 'rg', 'socat', 'strace', 'ssh-keygen', 'git', 'postgres'];
/** It installs with apt-get what is missing: it is for Linux. */
const ciTest = needs('linux');
const CALLS = ['set-up', 'check', 'test', 'mutation'];

type Place = { readonly root: string; readonly bin: string };

/** A machine on which every program is there and does well. */
function machine(): Place {
  const root = temporaryDirectory();
  const bin = join(root, 'bin');
  mkdirSync(bin);
  mkdirSync(join(root, '.ci'));
  cpSync(join(ROOT, '.ci/run'), join(root, '.ci/run'));
  for (const name of SHELL) symlinkSync(located(name), join(bin, name));
  for (const name of COMPONENTS) program({ root, bin }, name, 'exit 0');
  const place = { root, bin };
  program(place, 'terraform', 'echo Terraform v1.11.4');
  program(place, 'git', 'case "$1" in rev-parse) echo head;; merge-base) echo base;; esac');
  program(place, 'node', 'echo set-up >> calls');
  program(place, 'sudo', 'exec "$@"');
  // What keeps Debian from starting servers is laid into the system: not by a test.
  for (const name of ['install', 'rm']) program(place, name, 'exit 0');
  program(place, 'apt-get', 'echo "apt-get $1" >> calls');
  program(
    place,
    'npm',
    `[ -z "$COUNTERSIGN_REQUIRE_REAL" ] || real=' real'
    for word; do case $word in check|test|mutation) echo "$word$real" >> calls;; esac; done`,
  );
  return place;
}

function located(name: string): string {
  const found = ['/usr/bin', '/bin', '/opt/homebrew/bin'].map((at) => join(at, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`there is no ${name} here`);
  return found;
}

/** Lays a program there. It runs in the root of the tree. */
function program({ bin }: Place, name: string, script: string): void {
  const path = join(bin, name);
  rmSync(path, { force: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

type Run = { readonly code: number | null; readonly said: string; readonly calls: readonly string[] };

function run({ root, bin }: Place): Run {
  const calls = join(root, 'calls');
  rmSync(calls, { force: true });
  const ended = spawnSync(join(bin, 'bash'), [join(root, '.ci/run')], { env: { PATH: bin }, encoding: 'utf8' });
  const lines = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  return { code: ended.status, said: `${ended.stdout}${ended.stderr}`, calls: lines };
}

const PASSED = /^ci: passed in \d+ s$/m;

ciTest('[HOUSE-12] on a whole machine every stage runs once, in order, against real components', () => {
  const ran = run(machine());
  expect(ran).toMatchObject({ code: 0, calls: ['set-up', 'check', 'test real', 'mutation'] });
  expect(ran.said).toMatch(PASSED);
  expect(ran.said).toContain('== mutants of what changed since base');
});

ciTest.each(CALLS)(
  '[HOUSE-12, L9] where %s fails, nothing runs after it and the run fails with its exit code',
  (failing) => {
    const place = machine();
    program(place, 'node', `echo set-up >> calls${failing === 'set-up' ? '; exit 7' : ''}`);
    program(
      place,
      'npm',
      `for word; do case $word in check|test|mutation) echo "$word" >> calls; [ $word != ${failing} ] || exit 7;; esac; done`,
    );
    const ran = run(place);
    expect(ran.code).toBe(7);
    expect(ran.calls).toEqual(CALLS.slice(0, CALLS.indexOf(failing) + 1));
    expect(ran.said).toMatch(/^ci: FAILED at: .* \(exit 7\)$/m);
    expect(ran.said).not.toMatch(PASSED);
  },
);

ciTest.each(['absent', 'broken'])(
  '[HOUSE-12, HOUSE-01] a terraform that is %s is said loudly, and nothing runs',
  (how) => {
    const place = machine();
    if (how === 'absent') rmSync(join(place.bin, 'terraform'));
    else program(place, 'terraform', 'exit 1');
    const ran = run(place);
    expect(ran).toMatchObject({ code: 1, calls: [] });
    expect(ran.said).toContain('# terraform is MISSING');
  },
);

ciTest(
  '[HOUSE-12, L9] what is missing is installed, and an installation that fails or brings nothing is noticed',
  () => {
    const place = machine();
    rmSync(join(place.bin, 'rg'));
    const asked = ['apt-get update', 'apt-get install'];
    const nothing = run(place);
    expect(nothing).toMatchObject({ code: 1, calls: asked });
    expect(nothing.said).toContain('still missing after the installation: rg');

    for (const failing of ['update', 'install']) {
      program(place, 'apt-get', `echo "apt-get $1" >> calls; [ "$1" != ${failing} ] || exit 100`);
      const ran = run(place);
      expect(ran).toMatchObject({ code: 1, calls: asked.slice(0, asked.indexOf(`apt-get ${failing}`) + 1) });
      expect(ran.said).toContain(`apt-get ${failing} failed`);
    }

    const rg = join(place.bin, 'rg');
    program(place, 'apt-get', `echo "apt-get $1" >> calls; printf '#!/bin/sh\\n' > ${rg}; /bin/chmod +x ${rg}`);
    expect(run(place)).toMatchObject({ code: 0, calls: [...asked, 'set-up', 'check', 'test real', 'mutation'] });
  },
);

ciTest('[HOUSE-12, L9] a tree that git does not know has no mutants, and fails', () => {
  const place = machine();
  program(place, 'git', 'exit 128');
  const ran = run(place);
  expect(ran).toMatchObject({ code: 1, calls: ['set-up', 'check', 'test real'] });
  expect(ran.said).toContain('git does not know this tree');
});

ciTest('[HOUSE-12] whoever interrupts it stops what runs as well', async () => {
  const place = machine();
  program(place, 'npm', 'echo "$$" >> calls; exec /bin/sleep 600');
  const child = spawn(join(place.bin, 'bash'), [join(place.root, '.ci/run')], { env: { PATH: place.bin } });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await vi.waitFor(() => expect(readFileSync(join(place.root, 'calls'), 'utf8')).toMatch(/\n\d+\n$/), 20_000);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  const pid = Number(readFileSync(join(place.root, 'calls'), 'utf8').trim().split('\n')[1]);
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 20_000);
});

ciTest('[HOUSE-12] a script that arrived in part runs nothing', () => {
  const place = machine();
  const whole = readFileSync(join(place.root, '.ci/run'), 'utf8');
  for (const share of [0.5, 0.9, 0.97]) {
    writeFileSync(join(place.root, '.ci/run'), whole.slice(0, Math.floor(whole.length * share)));
    const ran = run(place);
    expect(ran.calls).toEqual([]);
    expect(ran.said).not.toMatch(PASSED);
  }
});
