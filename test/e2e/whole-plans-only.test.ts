/** Rules on how a change was planned, through the real command line and the real Terraform: what they refuse, and what they demand more. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { addToTrust } from '../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const loopTest = needs('terraform', 'ssh-keygen');

const RULES = `policy:
  - name: look-at-the-world
    when: target.driver == "terraform" && !plan.refreshed
    refuse: plan again, and look at the world
  - name: parts-need-two
    when: plan.targeted && plan.options.exists(o, o == "-target=terraform_data.a")
    demand: {approvals: 2}
`;
const CONFIGURATION = `resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = "touch EFFECT"
  }
}
resource "terraform_data" "b" {}
`;

type Way = {
  readonly loop: RealLoop;
  readonly effect: string;
  readonly propose: (...options: readonly string[]) => Promise<Record<string, unknown>>;
};

async function way(): Promise<Way> {
  const loop = await realLoop();
  const directory = join(loop.root, 'infra');
  const effect = join(loop.root, 'effect');
  mkdirSync(directory);
  writeFileSync(join(directory, 'main.tf'), CONFIGURATION.replace('EFFECT', effect));
  const propose = async (...options: readonly string[]): Promise<Record<string, unknown>> =>
    await loop.json(
      'propose',
      'terraform',
      '--dir',
      directory,
      '--target',
      'infra',
      '--intent',
      'try',
      '--',
      ...options,
    );
  return { loop, effect, propose };
}

loopTest('[APPROVE-05, L3, L15] a rule on how it was planned refuses one plan and asks more for another', async () => {
  const { loop, propose } = await way();
  const ben = join(loop.root, 'ben');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ben]);
  await loop.run('approver', 'add', 'ben', '--ssh-key', `${ben}.pub`, '--sign-with', loop.key);
  await addToTrust(loop, RULES);
  const blind = await propose('-refresh=false');
  expect(JSON.stringify(blind)).toContain('plan again, and look at the world');
  expect(JSON.stringify(blind)).toContain('look-at-the-world');
  const part = await propose('-target=terraform_data.a');
  expect(part['state']).toBe('open');
  const one = await loop.run('approve', String(part['id']), '--ssh-key', loop.key, '--yes');
  expect(one.code).toBe(3);
  expect(`${one.stdout}${one.stderr}`).toContain('parts-need-two');
  const whole = await propose();
  expect((await loop.run('approve', String(whole['id']), '--ssh-key', loop.key, '--yes')).code).toBe(0);
});

loopTest(
  '[APPROVE-05, L3, L15] the runner works out itself how it was planned: what was approved before the rule came does not run',
  async () => {
    const { loop, effect, propose } = await way();
    const id = String((await propose('-target=terraform_data.a'))['id']);
    await loop.approve(id);
    await addToTrust(loop, RULES);
    const refused = await loop.run('execute', id, '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      code: 'POLICY',
      what: 'this execution',
      why: '2 must approve, and there are 1: ann (parts-need-two)',
    });
    expect(existsSync(effect)).toBe(false);
    const whole = String((await propose())['id']);
    await loop.approve(whole);
    expect((await loop.run('execute', whole)).code).toBe(0);
    expect(existsSync(effect)).toBe(true);
  },
);
