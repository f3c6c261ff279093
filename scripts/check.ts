/** `npm run check`: every static gate, each with proof that it looked at something. The import rules run in `npm test`. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockEntry, lockGaps } from './lock-gaps.ts';

type Gate = { readonly name: string; readonly run: () => string | undefined };

const root = join(import.meta.dirname, '..');

/** Runs a program of node_modules. @returns what it said when it failed, or when its words do not prove that it looked */
function program(script: string, args: readonly string[], proof: RegExp): string | undefined {
  const ended = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const said = ended.stdout + ended.stderr;
  if (ended.status !== 0) return said || `ended with ${ended.status ?? ended.signal}`;
  return proof.test(said) ? undefined : `it passed, but does not say that it looked at anything:\n${said}`;
}

function lockIsComplete(): string | undefined {
  const lock: { packages: Record<string, LockEntry> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  const { looked, gaps } = lockGaps(lock.packages);
  if (looked === 0) return 'no optional dependency was found to look at';
  return gaps.length === 0 ? undefined : gaps.join('\n');
}

const GATES: readonly Gate[] = [
  {
    name: 'what the type checker reads',
    run: () => program('typescript/bin/tsc', ['-p', '.', '--listFilesOnly'], /\/src\/kernel\/decide\.ts/),
  },
  { name: 'types', run: () => program('typescript/bin/tsc', ['-p', '.'], /^$/) },
  {
    name: 'format and lint',
    run: () => program('@biomejs/biome/bin/biome', ['ci', '--colors=off', '.'], /Checked [1-9]\d* files/),
  },
  { name: 'dead code', run: () => program('knip/bin/knip.js', ['--no-progress'], /^$/) },
  { name: 'lock file', run: lockIsComplete },
  { name: 'build', run: () => program('../scripts/build.ts', [], /^$/) },
  { name: 'package shape', run: () => program('publint/src/cli.js', ['--strict'], /All good/) },
];

let failed = 0;
for (const gate of GATES) {
  const startedMs = performance.now();
  const complaint = gate.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${complaint === undefined ? 'ok    ' : 'FAILED'} ${gate.name} (${seconds} s)`);
  if (complaint !== undefined) {
    failed += 1;
    console.log(complaint);
  }
}
console.log(`${GATES.length - failed} gates passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
