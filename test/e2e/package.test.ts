import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';

const root = join(import.meta.dirname, '../..');
const packageTest = needs('npm');

type Packed = readonly [{ readonly filename: string; readonly files: readonly { readonly path: string }[] }];

function run(
  file: string,
  args: readonly string[],
  directory: string,
): { code: number | null; text: string; out: string } {
  const ended = spawnSync(file, args, {
    cwd: directory,
    env: { ...process.env, npm_config_update_notifier: 'false' },
    encoding: 'utf8',
    maxBuffer: 32 * 1024 * 1024,
  });
  return { code: ended.status, text: ended.stdout + ended.stderr, out: ended.stdout };
}

packageTest(
  '[HOUSE-08] the packed package installs into an empty directory and answers to its name',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'countersign-package-'));
    try {
      const packed = run('npm', ['pack', '--json', '--pack-destination', directory], root);
      expect(packed.code, packed.text).toBe(0);
      const [{ filename, files }]: Packed = JSON.parse(packed.out.slice(packed.out.indexOf('[')));
      const paths = files.map((file) => file.path);
      expect(paths).toContain('dist/surfaces/cli/main.js');
      expect(paths).toContain('LICENSE');
      expect(paths.filter((path) => /^(src|test|scripts|node_modules|bench|\.)/.test(path))).toEqual([]);

      const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
      const installed = run('npm', ['install', ...options, join(directory, filename)], directory);
      expect(installed.code, installed.text).toBe(0);
      const help = run(join(directory, 'node_modules/.bin/countersign'), ['--help'], directory);
      expect(help.code, help.text).toBe(0);
      expect(help.out).toContain('countersign');
      const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      expect(run(join(directory, 'node_modules/.bin/countersign'), ['--version'], directory).out).toContain(version);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  300_000,
);
