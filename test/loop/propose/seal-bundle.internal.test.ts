import { expect, test } from 'vitest';
import type { CheckSpec } from '../../../src/kernel/index.ts';
import { gatherChecks } from '../../../src/loop/propose/gather-checks.ts';
import { identifyChange } from '../../../src/loop/propose/identify-change.ts';
import { proposeChange } from '../../../src/loop/propose/index.ts';
import { type Sealing, sealBundle } from '../../../src/loop/propose/seal-bundle.ts';
import { CHECK, openProposeWorld, type ProposeWorld, planned } from '../../support/propose-world.ts';
import { afterwards } from '../../support/temporary.ts';

async function world(): Promise<ProposeWorld> {
  const opened = await openProposeWorld();
  afterwards(() => opened.close());
  return opened;
}

test('[PROPOSE-07, L11] a plan that shows a secret is a fault of the configuration, wherever it shows it', async () => {
  const opened = await world();
  const request = opened.request({ secretVariables: ['SECRET'] });
  const change = await identifyChange(opened.parts, request);
  if (change.kind === 'refused') return expect.unreachable();
  const target: Sealing['target'] = {
    kind: 'resolved',
    environment: 'staging',
    mandatedChecks: [],
    runner: { name: 'prod-runner', key: 'key', account: 'run' },
    runnerRecipient: opened.runner.recipient,
    verifierRecipients: [opened.verifier.recipient],
    notes: [],
  };
  const tool = { path: '/bin/hunter2-hunter2', digest: 'a'.repeat(64), version: '' };
  const driverCheck: CheckSpec = { ...CHECK, claim: 'hunter2-hunter2 is there' };
  for (const more of [{ argv: ['hunter2-hunter2'] }, { tool }, { checks: [driverCheck] }]) {
    const plan = planned(more);
    if (plan.kind === 'unplannable') return expect.unreachable();
    await expect(sealBundle(opened.parts, { id: 'p-1', request, change, planned: plan, target })).rejects.toMatchObject(
      {
        code: 'CONFIG_INVALID',
        message: 'the plan shows the value of the secret variable SECRET',
        hint: 'declare it sensitive in the configuration, or let the tool read it at the run only',
      },
    );
  }
  const shown = { ...change, intent: 'say hunter2-hunter2' };
  const plan = planned();
  if (plan.kind === 'unplannable') return expect.unreachable();
  await expect(
    sealBundle(opened.parts, { id: 'p-1', request, change: shown, planned: plan, target }),
  ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('[PROPOSE-13] what is sealed is sealed to each reader once, and to nobody else', async () => {
  const { parts, request, script, runner, verifier } = await world();
  const sealedTo: (readonly string[])[] = [];
  const sealer: typeof parts.sealer = {
    seal: async (content, recipients) => {
      sealedTo.push(recipients);
      return content;
    },
  };
  const content = Buffer.from('x');
  script.resolved = { verifierRecipients: [runner.recipient, verifier.recipient] };
  script.plan = async () =>
    planned({
      blobs: [
        { name: 'plain', content, readers: 'everybody' },
        { name: 'plan', content, readers: 'runner-and-verifier' },
        { name: 'input', content, readers: 'runner' },
      ],
    });
  expect((await proposeChange({ ...parts, sealer }, request({ secretVariables: ['SECRET'] }))).kind).toBe('open');
  expect(sealedTo).toEqual([[runner.recipient, verifier.recipient], [runner.recipient], [runner.recipient]]);
});

test('[PROPOSE-08] every check has an id of its own, the driver’s before the proposal’s, and the longest one is cut', () => {
  const long = 'x'.repeat(64);
  const named = (id: string, claim: string): CheckSpec => ({ ...CHECK, id, claim, origin: 'mandated' });
  const gathered = gatherChecks({
    mandated: [named(long, 'm')],
    driver: [named('a', 'd1'), named(long, 'd2')],
    proposal: [named('a', 'p1'), named('a', 'p2'), named('a-2', 'p3')],
  });
  expect(gathered.map(({ id, claim, origin }) => [id, claim, origin])).toEqual([
    [long, 'm', 'mandated'],
    ['a', 'd1', 'driver'],
    [`${'x'.repeat(60)}-2`, 'd2', 'driver'],
    ['a-2', 'p1', 'proposal'],
    ['a-3', 'p2', 'proposal'],
    ['a-2-2', 'p3', 'proposal'],
  ]);
});
