/** A fresh plan is empty, and yet the object is not the one that people approved a change of. */

import { expect } from 'vitest';
import { chaosLoop } from '../support/chaos-provider/chaos-loop.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform', 'ssh-keygen');

terraformTest(
  '[TERRAFORM-31, L7] another object in the place of the approved one is refuted, though a plan finds nothing to change',
  async () => {
    const loop = await chaosLoop();
    await loop.configure('resource "chaos_thing" "a" {\n  name = "one"\n}\n');
    await loop.terraform('apply', '-auto-approve', '-input=false');
    await loop.configure('resource "chaos_thing" "a" {\n  name = "two"\n}\n');
    const { id } = JSON.parse((await loop.proposeChaos()).stdout) as { readonly id: string };
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(0);

    const stranger = loop.cloud.create({ ...loop.cloud.find('thing-1')?.attributes });
    await loop.terraform('state', 'rm', 'chaos_thing.a');
    await loop.terraform('import', '-input=false', 'chaos_thing.a', stranger.id);
    await loop.terraform('plan', '-input=false', '-detailed-exitcode');

    expect((await loop.run('verify', id)).code).toBe(7);
    const shown = await loop.show(id);
    expect([shown.outcome, shown.verdict, shown.state]).toEqual(['completed', 'refuted', 'held']);
    expect(JSON.stringify(shown)).toContain('other objects than the approved ones 1');
  },
);

terraformTest('[TERRAFORM-31, L7] the same object, changed in place, is confirmed', async () => {
  const loop = await chaosLoop();
  await loop.configure('resource "chaos_thing" "a" {\n  name = "one"\n}\n');
  await loop.terraform('apply', '-auto-approve', '-input=false');
  await loop.configure('resource "chaos_thing" "a" {\n  name = "two"\n}\n');
  const shown = await loop.show(await loop.goRound());
  expect([shown.outcome, shown.verdict, shown.state]).toEqual(['completed', 'confirmed', 'closed']);
});
