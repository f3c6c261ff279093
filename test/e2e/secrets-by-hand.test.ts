/** What a loop by hand leaves of secrets when a proposal ends otherwise than by being executed and verified. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { openJournal } from '../../src/record/index.ts';
import { needs } from '../real/needs.ts';
import { typeCommandLine } from '../support/command-line.ts';
import { addToTrust } from '../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const secretTest = needs('ssh-keygen');

const DAY_MS = 24 * 3_600_000;

/** Proposes a command with a secret. */
async function propose(loop: RealLoop, target: string, ...more: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await loop.runAs(
    { TOKEN: 'hunter2-hunter2' },
    ...['propose', 'argv', '--dir', loop.place, '--target', target, '--intent', 'with a secret', '--json'],
    ...['--secret-env', 'TOKEN', ...more, '--', 'sh', '-c', 'echo $TOKEN'],
  );
  // A proposal's answer as it is documented.
  return JSON.parse(ran.stdout) as Record<string, unknown>;
}

/** How many of a proposal's sealed secrets are still there, and what the record says of them. */
async function secretsOf(loop: RealLoop, id: unknown): Promise<Record<string, unknown>> {
  const { journal, blobs, log } = await reading(loop);
  const { state } = await journal.standing(String(id));
  const sealed = 'secretBlobs' in state ? state.secretBlobs : [];
  const there = await Promise.all(sealed.map((digest) => blobs.has(digest)));
  const events = await log.read({ stream: `proposal:${String(id)}`, afterSeq: 0, limit: 100 });
  return {
    state: state.kind,
    sealed: sealed.length,
    left: there.filter(Boolean).length,
    last: events.at(-1)?.body.type,
    by: events.at(-1)?.actor.kind,
  };
}

async function reading(loop: RealLoop): ReturnType<ReturnType<typeof compose>['reading']> {
  return await compose(loop.environment).reading();
}

// A command's environment and its directory are sealed.
const DESTROYED = { sealed: 2, left: 0, last: 'secrets-destroyed', by: 'runner' };

secretTest(
  '[CLI-14, PROPOSE-02, L11] what an edited proposal took the place of loses its secrets, by the runner, and the new one keeps its own',
  async () => {
    const loop = await realLoop();
    const { id: first } = await propose(loop, 'web');
    expect(await secretsOf(loop, first)).toMatchObject({ state: 'open', sealed: 2, left: 2 });
    const second = await propose(
      loop,
      'web',
      '--check',
      `{file: {path: "${join(loop.root, 'x')}", expect: {exists: true}}}`,
    );
    expect(second).toMatchObject({ kind: 'open', superseded: [first] });
    expect(await secretsOf(loop, first)).toEqual({ state: 'superseded', ...DESTROYED });
    expect(await secretsOf(loop, second['id'])).toMatchObject({ state: 'open', sealed: 2, left: 2 });
    expect((await loop.run('record', 'verify')).code).toBe(0);
  },
  120_000,
);

secretTest(
  '[CLI-14, PROPOSE-12, L11] what the policy refuses loses its secrets, by the runner',
  async () => {
    const loop = await realLoop();
    await addToTrust(loop, 'policy:\n  - name: no-commands\n    when: target.driver == "argv"\n    refuse: not here\n');
    const refused = await propose(loop, 'web');
    expect(refused).toMatchObject({ kind: 'forbidden', state: 'refused' });
    expect(await secretsOf(loop, refused['id'])).toEqual({ state: 'refused', ...DESTROYED });
    expect((await loop.run('record', 'verify')).code).toBe(0);
  },
  120_000,
);

secretTest(
  '[CLI-14, CLI-06, L11, L13] a sweep before the end says so and destroys nothing; after its time it ends what ran out',
  async () => {
    const loop = await realLoop();
    const { id } = await propose(loop, 'web');
    const early = await loop.run('sweep', String(id));
    expect([early.code, early.stdout]).toEqual([1, '']);
    expect(early.stderr).toContain('the proposal is not over yet: it is open, and keeps its secrets until it is');
    expect(await secretsOf(loop, id)).toMatchObject({ state: 'open', sealed: 2, left: 2, last: 'admitted' });
    const swept = await sweepLater(loop, String(id));
    expect([swept.code, swept.stdout]).toEqual([0, `${String(id)}  its secrets are destroyed\n`]);
    expect(await secretsOf(loop, id)).toEqual({ state: 'expired', ...DESTROYED });
    expect((await loop.run('sweep', String(id))).stdout).toBe(`${String(id)}  no secrets are left\n`);
    expect((await loop.run('record', 'verify')).code).toBe(0);
    const runs = join(`${loop.home}-runner`, 'runs');
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
  },
  120_000,
);

/** Types `sweep` two days from now. */
async function sweepLater(loop: RealLoop, id: string): ReturnType<typeof typeCommandLine> {
  const composed = compose(loop.environment);
  const countersign: typeof composed = {
    ...composed,
    executing: async (progress) => {
      const parts = await composed.executing(progress);
      const clock = { ...parts.clock, nowMs: () => parts.clock.nowMs() + 2 * DAY_MS };
      return { ...parts, clock, journal: openJournal({ log: parts.log, projections: parts.projections, clock }) };
    },
  };
  return await typeCommandLine(loop.environment, ['sweep', id], { countersign });
}
