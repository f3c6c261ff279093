/** The processes that propose, approve, verify and reconcile are killed after each of their durable writes: what they did, they did. */

import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { MAIN, type RealLoop, realLoop, startProgram } from '../../support/real-loop.ts';
import { needs } from '../needs.ts';

const DEADLY: string = fileURLToPath(new URL('./die-at-write.ts', import.meta.url));
const MOST_WRITES = 60;

const killTest = needs('ssh-keygen');

/** A command that is killed again and again, and what must hold whenever it is typed once more to its end. */
type Victim = {
  readonly name: string;
  /** Brings the world to where the command is due; returns its arguments. */
  readonly prepare: (loop: RealLoop) => Promise<readonly string[]>;
  readonly settled: (loop: RealLoop, id: string) => Promise<void>;
};

const VICTIMS: readonly Victim[] = [
  {
    name: 'propose',
    prepare: async (loop) => proposing(loop),
    settled: async (loop, id) => {
      const { state, events } = await loop.show(id);
      expect(state).toBe('open');
      expect(countOf(events, 'sealed')).toBe(1);
      expect(countOf(events, 'admitted')).toBe(1);
    },
  },
  {
    name: 'approve',
    prepare: async (loop) => ['approve', await proposed(loop), '--ssh-key', loop.key, '--yes'],
    settled: async (loop, id) => {
      const { state, events } = await loop.show(id);
      expect([state, countOf(events, 'approved')]).toEqual(['approved', 1]);
    },
  },
  {
    name: 'verify',
    prepare: async (loop) => ['verify', await executed(loop, 'true')],
    settled: async (loop, id) => {
      const { state, verdict } = await loop.show(id);
      expect([state, verdict]).toEqual(['closed', 'confirmed']);
    },
  },
  {
    name: 'reconcile',
    prepare: async (loop) => {
      const id = await executed(loop, 'false');
      expect((await loop.run('verify', id)).code).toBe(7);
      return ['reconcile', id, '--note', 'put right by hand'];
    },
    settled: async (loop, id) => {
      const { state, verdict, events } = await loop.show(id);
      expect([state, verdict, countOf(events, 'closed')]).toEqual(['closed', 'refuted', 1]);
    },
  },
];

for (const { name, prepare, settled } of VICTIMS) {
  killTest(
    `[CLI-12, L10, L5] ${name}: killed after each durable write, it loses nothing and is typed again to the same end`,
    async () => {
      let writes = 0;
      for (let isKilled = true; isKilled; writes += 1) {
        expect(writes).toBeLessThan(MOST_WRITES);
        isKilled = await killedAfter(writes + 1, prepare, settled);
      }
      // A command that wrote nothing was not killed at all: then nothing was tried.
      expect(writes).toBeGreaterThan(2);
    },
    240_000,
  );
}

/** Kills one command after so many writes. @returns false when it had ended before */
async function killedAfter(writes: number, prepare: Victim['prepare'], settled: Victim['settled']): Promise<boolean> {
  const loop = await realLoop();
  const args = await prepare(loop);
  const before = await ledger(loop);
  const environment = { ...loop.environment, DIE_AFTER_WRITE: String(writes) };
  const died = await startProgram(environment, loop.root, ['--import', DEADLY, MAIN, ...args]);
  expect(['', undefined]).toContain(/bug|invariant/i.exec(died.stderr)?.[0]);

  expect((await loop.run('record', 'verify')).code).toBe(0);
  const effects = loop.effects('argv');
  expect((await ledger(loop)).slice(0, before.length)).toEqual(before);
  const again = await loop.run(...args);
  // What it did before it died it does not do twice: then it says so and changes nothing.
  expect([0, 1]).toContain(again.code);
  await settled(loop, await idOf(loop));
  expect(loop.effects('argv')).toBe(effects);
  expect((await loop.run('record', 'verify')).code).toBe(0);
  return died.code === null;
}

function proposing(loop: RealLoop): readonly string[] {
  const check = `{file: {path: "${loop.root}/argv.effect", expect: {contains: ran}}}`;
  const common = ['--dir', loop.place, '--target', 'desk', '--intent', 'one effect', '--check', check];
  return ['propose', 'argv', ...common, '--', 'sh', '-c', `echo ran >> '${loop.root}/argv.effect'`];
}

async function proposed(loop: RealLoop): Promise<string> {
  expect((await loop.run(...proposing(loop))).code).toBe(0);
  return await idOf(loop);
}

/** A change that ran. @param command  `true` for one whose effect is in the world, `false` for one that did nothing */
async function executed(loop: RealLoop, command: 'true' | 'false'): Promise<string> {
  const effect = command === 'true' ? `echo ran >> '${loop.root}/argv.effect'` : 'true';
  const args = [...proposing(loop).slice(0, -1), effect];
  expect((await loop.run(...args)).code).toBe(0);
  const id = await idOf(loop);
  await loop.approve(id);
  expect((await loop.run('execute', id)).code).toBe(0);
  return id;
}

async function idOf(loop: RealLoop): Promise<string> {
  const { proposals } = (await loop.json('list')) as { readonly proposals: readonly { readonly id: string }[] };
  expect(proposals).toHaveLength(1);
  return proposals[0]?.id ?? '';
}

async function ledger(loop: RealLoop): Promise<readonly unknown[]> {
  const { proposals } = (await loop.json('list')) as { readonly proposals: readonly { readonly id: string }[] };
  const shown = await Promise.all(proposals.map(({ id }) => loop.show(id)));
  return shown.flatMap(({ events }) => events);
}

function countOf(events: readonly { readonly type: string }[], type: string): number {
  return events.filter((event) => event.type === type).length;
}
