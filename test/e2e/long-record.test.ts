/** A record long enough to be verified by two processes, through the real command line. */

import { join } from 'node:path';
import { expect } from 'vitest';
import { openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import { needs } from '../real/needs.ts';
import { commented, drafted, following } from '../support/events.ts';
import { tamper } from '../support/forgery.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const longTest = needs('ssh-keygen');
const PROPOSALS = 500;
const COMMENTS = 99;

async function fill(path: string): Promise<void> {
  const store: Store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  for (let index = 0; index < PROPOSALS; index += 1) {
    const id = `p-${index}`;
    const said = Array.from({ length: COMMENTS }, (_, at) => commented(`comment ${at}`));
    await store.log.append(following(id).next(drafted(id, `target-of-${id}`), ...said));
  }
  await store.close();
}

async function verify(loop: RealLoop, ...more: readonly string[]): Promise<Record<string, unknown>> {
  return await loop.json('record', 'verify', ...more);
}

longTest(
  '[RECORD-20, L9, L10] a long record is verified by two processes, and what only the other one looks at is found',
  async () => {
    const loop = await realLoop();
    const path = join(loop.home, 'record.sqlite');
    await fill(path);
    const whole = { kind: 'whole', share: null, checked: PROPOSALS * (COMMENTS + 1) };
    expect(await verify(loop)).toMatchObject(whole);

    // p-7 belongs to the second share, which the other process looks at.
    tamper(
      path,
      "update proposals set state = replace(state, 'change target-of-p-7', 'harmless') where proposal = 'p-7'",
    );
    const broken = {
      kind: 'broken',
      problem: { kind: 'projection-mismatch', what: 'the summary of proposal p-7 is not what its events amount to' },
    };
    expect(await verify(loop, '--share', '1/2')).toMatchObject({ ...whole, kind: 'share', share: { part: 1, of: 2 } });
    expect((await loop.run('record', 'verify', '--share', '1/2')).stdout).toMatch(/^share .*\n {2}share 1 of 2 only/);
    expect(await verify(loop, '--share', '2/2')).toMatchObject(broken);
    expect(await verify(loop)).toMatchObject(broken);
    expect((await loop.run('record', 'verify')).code).toBe(6);
    expect((await loop.run('record', 'verify', '--share', '3/2')).code).toBe(2);
    const shared = await loop.run('record', 'verify', '--file', 'export.jsonl', '--share', '1/2', '--json');
    expect([shared.code, JSON.parse(shared.stdout)]).toMatchObject([
      2,
      { code: 'USAGE', hint: 'leave out --share, or --file' },
    ]);
  },
);

longTest('[RECORD-20, L9] a share that nobody could look at is no clean one', async () => {
  const loop = await realLoop();
  await fill(join(loop.home, 'record.sqlite'));
  // The second process inherits the environment, and stops at once on what Node can't understand.
  const ran = await loop.runAs({ NODE_OPTIONS: '--no-such-option' }, 'record', 'verify');
  expect(ran.code).not.toBe(0);
  expect(ran.stderr).toContain('share 2 of 2 of the record was not verified');
});
