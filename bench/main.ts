/** `npm run bench [NAME…]`: runs every measurement, or those named, one after another. */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const NO_BENCH: readonly string[] = ['main.ts', 'report.ts', 'loop-stage.ts'];

const known = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !NO_BENCH.includes(name))
  .map((name) => name.replace(/\.ts$/, ''))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0 || known.length === 0) {
  process.stderr.write(`there is no bench ${unknown.join(', ')}; there are ${known.join(', ')}\n`);
  process.exit(2);
}
for (const name of wanted.length === 0 ? known : wanted) {
  const ended = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  if (ended.status !== 0) process.exit(ended.status ?? 1);
  process.stdout.write('\n');
}
