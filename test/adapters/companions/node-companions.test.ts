import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeCompanions } from '../../../src/adapters/companions/node-companions.ts';

const LIVES_BY_ITS_INPUT = `console.log('at ' + process.pid); process.stdin.resume(); process.stdin.on('end', () => process.exit(0));`;

const spec = (program: string, timeoutMs = 20_000) => ({
  file: process.execPath,
  args: ['-e', program],
  directory: tmpdir(),
  environment: { ONLY: 'this' },
  timeoutMs,
});

function isAlive(pid: number): boolean {
  return spawnSync('kill', ['-0', String(pid)], { stdio: 'ignore' }).status === 0;
}

test('[RANGE-04] a companion says its first line, runs until it is stopped, and is gone then', async () => {
  const companion = await nodeCompanions().start(spec(LIVES_BY_ITS_INPUT));
  const pid = Number(companion.firstLine.replace('at ', ''));
  expect(isAlive(pid)).toBe(true);
  await companion.stop();
  expect(isAlive(pid)).toBe(false);
  await companion.stop();
});

test('[RANGE-04] one that does not go is made to', async () => {
  const companion = await nodeCompanions().start(spec(`console.log(process.pid); setInterval(() => 0, 1000);`));
  await companion.stop();
  expect(isAlive(Number(companion.firstLine))).toBe(false);
});

test('[RANGE-05] it inherits no environment', async () => {
  const companion = await nodeCompanions().start(
    spec(`console.log(process.env.ONLY, process.env.PATH); process.stdin.resume();`),
  );
  expect(companion.firstLine).toBe('this undefined');
  await companion.stop();
});

test.for([
  ['ends', 'process.exit(3)', 20_000],
  ['stays silent', 'setInterval(() => 0, 1000)', 300],
] as const)(
  '[RANGE-04] one that %s instead of starting is a failure, and nothing is left of it',
  async ([, program, timeoutMs]) => {
    await expect(nodeCompanions().start(spec(program, timeoutMs))).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  },
);

test('[RANGE-04] a program that is not there is a failure', async () => {
  const missing = { ...spec(''), file: '/nowhere/program' };
  await expect(nodeCompanions().start(missing)).rejects.toMatchObject({
    code: 'TOOL_FAILED',
    where: '/nowhere/program',
  });
});

test('[RANGE-04] a companion goes when its owner is killed outright', async () => {
  const module = join(import.meta.dirname, '../../../src/adapters/companions/node-companions.ts');
  const owner = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { nodeCompanions } from ${JSON.stringify(module)};
     const companion = await nodeCompanions().start(${JSON.stringify(spec(LIVES_BY_ITS_INPUT))});
     console.log(companion.firstLine);`,
  ]);
  const [line] = await once(owner.stdout, 'data');
  const pid = Number(String(line).replace('at ', ''));
  expect(isAlive(pid)).toBe(true);
  owner.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
});
