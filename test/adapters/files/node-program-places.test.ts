import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeProgramPlaces } from '../../../src/adapters/files/node-program-places.ts';
import { needs } from '../../real/needs.ts';

const places = nodeProgramPlaces();
const OPEN = 'can be written by its group or by everybody';
const isRoot = process.getuid?.() === 0;

/** A directory of our own in a place that nobody else can write to; a home may lie in the temporary directory of everybody. */
function guarded(): string {
  const directory = realpathSync(mkdtempSync(join(isRoot ? '/var/lib' : homedir(), '.countersign-places-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o755);
  return directory;
}

function program(directory: string, name = 'tool'): string {
  const path = join(directory, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

test('[EXECUTE-24, L1] what only root or this account could have put there is exposed to nobody', async () => {
  expect(await places.exposure('/usr/bin/env')).toBe(undefined);
  const directory = guarded();
  expect(await places.exposure(program(directory))).toBe(undefined);
  mkdirSync(join(directory, 'deep/er'), { recursive: true, mode: 0o700 });
  expect(await places.exposure(program(join(directory, 'deep/er')))).toBe(undefined);
});

test.each([0o775, 0o757, 0o777])('[EXECUTE-24, L1] a program of mode %i is exposed', async (mode) => {
  const path = program(guarded());
  chmodSync(path, mode);
  expect(await places.exposure(path)).toEqual({ path, why: OPEN });
});

test.each([0o770, 0o702, 0o1777])('[EXECUTE-24, L1] a program in a directory of mode %i is exposed', async (mode) => {
  const directory = join(guarded(), 'bin');
  mkdirSync(join(directory, 'inner'), { recursive: true });
  const path = program(join(directory, 'inner'));
  chmodSync(directory, mode);
  expect(await places.exposure(path)).toEqual({ path: directory, why: OPEN });
});

test('[EXECUTE-24, L1] what lies in the temporary directory of everybody is exposed, sticky or not', async () => {
  const everybodys = join(guarded(), 'tmp');
  mkdirSync(everybodys);
  chmodSync(everybodys, 0o1777);
  const own = join(everybodys, 'own');
  mkdirSync(own, { mode: 0o700 });
  expect(await places.exposure(program(own))).toEqual({ path: everybodys, why: OPEN });
  const directory = mkdtempSync(join(tmpdir(), 'countersign-places-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  if (realpathSync(tmpdir()) === '/tmp')
    expect(await places.exposure(program(directory))).toEqual({ path: '/tmp', why: OPEN });
});

needs('root')('[EXECUTE-24, L1] what belongs to another user is exposed, and a directory of theirs too', async () => {
  const directory = join(guarded(), 'bin');
  mkdirSync(directory);
  const path = program(directory);
  chownSync(path, 4_321, 0);
  expect(await places.exposure(path)).toEqual({ path, why: 'belongs to the user 4321' });
  chownSync(path, 0, 0);
  chownSync(directory, 4_321, 0);
  expect(await places.exposure(path)).toEqual({ path: directory, why: 'belongs to the user 4321' });
});

test('[EXECUTE-24, L1] links are followed, and each of their directories counts', async () => {
  const directory = guarded();
  const path = program(directory);
  for (const name of ['good', 'open']) mkdirSync(join(directory, name));
  chmodSync(join(directory, 'open'), 0o777);
  const at = (name: string): string => join(directory, name);
  symlinkSync('../tool', at('good/relative'));
  symlinkSync(path, at('good/absolute'));
  symlinkSync(path, at('open/hop'));
  symlinkSync('../open/hop', at('good/two-hops'));
  symlinkSync(at('open'), at('good/directory'));
  symlinkSync(at('good'), at('linked'));
  expect(await places.exposure(at('good/relative'))).toBe(undefined);
  expect(await places.exposure(at('good/absolute'))).toBe(undefined);
  expect(await places.exposure(at('linked/relative'))).toBe(undefined);
  const exposed = { path: at('open'), why: OPEN };
  expect(await places.exposure(at('open/hop'))).toEqual(exposed);
  expect(await places.exposure(at('good/two-hops'))).toEqual(exposed);
  expect(await places.exposure(at('good/directory/hop'))).toEqual(exposed);
  symlinkSync('ring', at('ring'));
  expect(await places.exposure(at('ring'))).toEqual({
    path: at('ring'),
    why: 'leads from link to link without end',
  });
});

test('[EXECUTE-24, L13] a place that can not be looked at is a failure that names it', async () => {
  const path = join(guarded(), 'nothing');
  await expect(places.exposure(path)).rejects.toMatchObject({ code: 'STORE_UNREADABLE', where: path });
});
