import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { thisPlanner } from '../../../src/adapters/index.ts';

test('[PROPOSE-10] this process is alive, and a mark of another start, another number or no form is not', async () => {
  const { mark, isAlive } = thisPlanner();
  expect(mark).toMatch(new RegExp(`^${process.pid} `));
  expect(await isAlive(mark)).toBe(true);
  expect(await isAlive(`${mark}1`)).toBe(false);
  for (const bad of ['', 'x', '0 0', '-1 0', '99999999 1', `${process.pid}`]) expect(await isAlive(bad)).toBe(false);
});

test('[PROPOSE-10] a process that ended is not alive', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const { isAlive } = thisPlanner();
  const pid = child.pid ?? 0;
  const started = process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21] : '';
  expect(await isAlive(`${pid} ${started}`)).toBe(true);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill();
  await ended;
  expect(await isAlive(`${pid} ${started}`)).toBe(false);
});
