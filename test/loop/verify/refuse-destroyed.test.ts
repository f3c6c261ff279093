import { afterEach, expect, test } from 'vitest';
import { lookAt, type VerifyAnswer, verifyExecution } from '../../../src/loop/verify/index.ts';
import { told, toldWorkers } from '../../support/told-workers.ts';
import { approve, check, claim, finish, openWorld, propose, start, type World } from '../../support/verify-world.ts';

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

const CONTENT = new TextEncoder().encode('a configuration');

type Scene = {
  readonly destroy: () => Promise<void>;
  readonly verify: () => Promise<VerifyAnswer>;
  readonly verdicts: () => Promise<number>;
};

/** An executed change whose checks were red; now all of them are green. */
async function executed(kind: 'terraform-plan' | 'file'): Promise<Scene> {
  const workers = toldWorkers();
  const world = await openWorld({ workers });
  worlds.push(world);
  const digest = await world.blobs.put(CONTENT);
  const question = kind === 'file' ? { path: '/srv/shop', expect: { exists: true } } : {};
  const blobs = [{ name: 'directory', digest, sizeBytes: CONTENT.byteLength, sealing: 'age' }] as const;
  workers.tell('one', told('red'));
  await propose(world, 'p1', [check('one', kind, question, { origin: 'driver' })], { manifest: { blobs } });
  await approve(world, 'p1');
  await claim(world, 'p1');
  await lookAt(world.parts, 'p1');
  await start(world, 'p1');
  await finish(world, 'p1', 'completed');
  workers.tell('one', told('green'));
  return {
    destroy: async () => await world.blobs.destroy(digest),
    verify: async () => await verifyExecution(world.parts, 'p1'),
    verdicts: async () => (await world.store.log.read({ types: ['verified'], afterSeq: 0, limit: 10 })).length,
  };
}

test('[VERIFY-26, VERIFY-07, L7, L13] a closed change whose sealed directory is gone gets no further verdict', async () => {
  const scene = await executed('terraform-plan');
  expect(await scene.verify()).toMatchObject({ verdict: { kind: 'confirmed' }, state: { kind: 'closed' } });
  expect(await scene.verify()).toMatchObject({ verdict: { kind: 'confirmed' } });
  await scene.destroy();
  expect(await scene.verify()).toEqual({
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    what: 'verify',
    where: 'p1',
    why: 'it is closed, and the sealed directory that the check one plans in was destroyed at the close',
    next:
      'countersign drift --target shop-p1 looks whether the world is still as it was confirmed; ' +
      'where the close itself does not hold: countersign reconcile p1 --note TEXT --ssh-key FILE',
  });
  expect(await scene.verdicts()).toBe(2);
});

test('[VERIFY-26, VERIFY-16, L7] a directory that is gone before anything closed it leaves the verdict inconclusive', async () => {
  const scene = await executed('terraform-plan');
  await scene.destroy();
  expect(await scene.verify()).toMatchObject({ verdict: { kind: 'inconclusive' }, state: { kind: 'held' } });
  expect(await scene.verify()).toMatchObject({ verdict: { kind: 'inconclusive' }, state: { kind: 'held' } });
});

test('[VERIFY-26, VERIFY-07] what no fresh plan is asked of is verified again as ever', async () => {
  const scene = await executed('file');
  await scene.verify();
  await scene.destroy();
  expect(await scene.verify()).toMatchObject({ verdict: { kind: 'confirmed' } });
  expect(await scene.verdicts()).toBe(2);
});
