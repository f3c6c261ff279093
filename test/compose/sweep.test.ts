/** The sweep that other processes ask for: the runner's own process destroys what is sealed to it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { needs } from '../real/needs.ts';
import { sealedOf } from '../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const sweepTest = needs('ssh-keygen');

async function proposeSecret(loop: RealLoop): Promise<string> {
  const ran = await loop.runAs(
    { TOKEN: 'hunter2-hunter2' },
    ...['propose', 'argv', '--dir', loop.place, '--target', 'web', '--intent', 'with a secret', '--json'],
    ...['--secret-env', 'TOKEN', '--', 'sh', '-c', 'echo $TOKEN'],
  );
  // A proposal's answer as it is documented.
  return (JSON.parse(ran.stdout) as { readonly id: string }).id;
}

sweepTest(
  '[COMPOSE-07, CLI-14, EXECUTE-16, L11] what is sealed is destroyed once the proposal is over, and not before',
  async () => {
    const loop = await realLoop();
    const id = await proposeSecret(loop);
    const countersign = compose(loop.environment);
    const { manifest } = await sealedOf(loop, id);
    const sealed = manifest.blobs.filter((blob) => blob.sealing === 'age').map((blob) => blob.digest);
    expect(sealed.length).toBeGreaterThan(0);
    const { blobs, journal } = await countersign.reading();
    const left = async (): Promise<readonly boolean[]> => await Promise.all(sealed.map((digest) => blobs.has(digest)));
    expect(await countersign.sweep(id)).toBe(false);
    expect(await left()).toEqual(sealed.map(() => true));
    const { caller } = await countersign.surroundings();
    expect(caller.kind).toBe('person');
    const withdrawn = await journal.ask(id, { kind: 'withdraw', why: 'enough' }, caller);
    expect(withdrawn.kind).toBe('decided');
    expect(await left()).toEqual(sealed.map(() => true));
    expect(await countersign.sweep(id)).toBe(true);
    expect(await left()).toEqual(sealed.map(() => false));
    expect((await loop.show(id)).events.map((event) => event.type)).toContain('secrets-destroyed');
  },
  120_000,
);

sweepTest(
  '[COMPOSE-07, L2] without the runner’s home nobody sweeps in its place, and what did not end well is not called swept',
  async () => {
    const loop = await realLoop();
    const id = await proposeSecret(loop);
    expect((await loop.run('withdraw', id)).code).toBe(0);
    expect(await compose(loop.environment).sweep('p-nothing')).toBe(false);
    const elsewhere = await proposeSecret(loop);
    const file = join(loop.root, 'a-file');
    writeFileSync(file, '');
    const stranger = { ...loop.environment, COUNTERSIGN_RUNNER_HOME: join(file, 'runner') };
    expect(await compose(stranger).sweep(elsewhere)).toBe(false);
  },
  120_000,
);
