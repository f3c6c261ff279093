/**
 * What the loop costs over bare Terraform: `terraform plan` and `apply` of the same configuration, in turn with propose, approve,
 * execute and verify through the command line. Whole processes, as a person would wait for them.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printReport, quantile } from './report.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const RESOURCES = Number(process.argv[3] ?? 10);
const MAIN = fileURLToPath(new URL('../src/surfaces/cli/main.ts', import.meta.url));
const PHASES = ['plan', 'apply', 'propose', 'approve', 'execute', 'verify'] as const;

type Phase = (typeof PHASES)[number];

const root = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const key = join(root, 'key');
const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: root,
  CHECKPOINT_DISABLE: '1',
  TF_IN_AUTOMATION: '1',
  TF_CLI_CONFIG_FILE: join(root, 'terraform.rc'),
  COUNTERSIGN_HOME: join(root, 'home'),
  NODE_COMPILE_CACHE: join(root, 'compile-cache'),
};

function configuration(round: number): string {
  return Array.from(
    { length: RESOURCES },
    (_, index) => `resource "terraform_data" "r${index}" {\n  input = "${round}"\n}\n`,
  ).join('');
}

function directory(name: string, round: number): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'main.tf'), configuration(round));
  return path;
}

/** Runs one program to its end and takes its time. Anything but an expected exit code ends the bench. */
function taken(file: string, args: readonly string[], cwd: string): { readonly ms: number; readonly stdout: string } {
  const startMs = performance.now();
  const ended = spawnSync(file, [...args], { cwd, env: environment, encoding: 'utf8' });
  const ms = performance.now() - startMs;
  if (ended.status !== 0) throw new TypeError(`${file} ${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
  return { ms, stdout: ended.stdout };
}

function countersign(...args: readonly string[]): { readonly ms: number; readonly stdout: string } {
  return taken(process.execPath, [MAIN, ...args], root);
}

function playRound(round: number): Record<Phase, number> {
  const bare = directory('bare', round);
  const plan = taken('terraform', ['plan', '-input=false', '-no-color', '-out=plan.bin'], bare).ms;
  const apply = taken('terraform', ['apply', '-input=false', '-no-color', 'plan.bin'], bare).ms;
  const dir = directory('looped', round);
  const proposed = countersign(
    'propose',
    'terraform',
    '--dir',
    dir,
    '--target',
    'infra',
    '--intent',
    `round ${round}`,
    '--json',
  );
  const { id } = JSON.parse(proposed.stdout) as { id: string };
  const approve = countersign('approve', id, '--ssh-key', key, '--yes').ms;
  const execute = countersign('execute', id).ms;
  const verify = countersign('verify', id).ms;
  return { plan, apply, propose: proposed.ms, approve, execute, verify };
}

try {
  writeFileSync(join(root, 'terraform.rc'), '');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  countersign('approver', 'add', 'ann', '--ssh-key', `${key}.pub`);
  playRound(0);
  const rounds = Array.from({ length: ROUNDS }, (_, index) => playRound(index + 1));
  const median = (phase: Phase): number =>
    quantile(
      rounds.map((one) => one[phase]),
      0.5,
    );
  const sumOf = (one: Record<Phase, number>, phases: readonly Phase[]): number =>
    phases.reduce((sum, phase) => sum + one[phase], 0);
  const ratios = rounds.map(
    (one) => sumOf(one, ['propose', 'approve', 'execute', 'verify']) / sumOf(one, ['plan', 'apply']),
  );
  printReport({
    title: `The loop over bare terraform plan + apply, ${RESOURCES} resources, ${ROUNDS} rounds after a warm-up`,
    ratios: [{ name: 'propose + approve + execute + verify over plan + apply', value: quantile(ratios, 0.5) }],
    measures: PHASES.map((phase) => ({
      name: phase === 'plan' || phase === 'apply' ? `terraform ${phase}` : `countersign ${phase}`,
      value: median(phase),
      unit: 'ms (median)',
    })),
  });
} finally {
  rmSync(root, { recursive: true, force: true });
}
