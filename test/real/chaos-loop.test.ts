/** The loop around a provider that fails half-way: outcome, verdict and what becomes of the target, beside the truth. */

import { expect } from 'vitest';
import { chaosLoop } from '../support/chaos-provider/chaos-loop.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform', 'ssh-keygen');

const CHAIN = `resource "chaos_thing" "before" {
  name = "before"
}
resource "chaos_thing" "a" {
  name       = "one"
  mode       = "wrong-id"
  depends_on = [chaos_thing.before]
}
resource "chaos_thing" "after" {
  name       = "after"
  depends_on = [chaos_thing.a]
}
`;

// Every other way to fail in the middle of three is a cell of the crash matrix.
terraformTest(
  '[TERRAFORM-02, TERRAFORM-03, TERRAFORM-14, L6, L7] an object whose id is wrong: completed, refuted, held',
  async () => {
    const loop = await chaosLoop();
    await loop.configure(CHAIN);
    const shown = await loop.json('show', await loop.goRound());
    expect([shown['outcome'], shown['verdict'], shown['state']]).toEqual(['completed', 'refuted', 'held']);
    expect(rowsOf(shown)).toEqual(['chaos_thing.a done', 'chaos_thing.after done', 'chaos_thing.before done']);
    expect(loop.cloud.things().map(({ attributes }) => attributes['name'])).toEqual(['before', 'one', 'after']);
  },
);

terraformTest(
  '[TERRAFORM-14, L6, L7] lost alone: nobody says that nothing happened, and the target is held while the orphan stands',
  async () => {
    const loop = await chaosLoop();
    await loop.configure('resource "chaos_thing" "a" {\n  name = "one"\n  mode = "lost"\n}\n');
    const shown = await loop.json('show', await loop.goRound());
    expect([shown['outcome'], shown['verdict'], shown['state']]).toEqual(['indeterminate', 'refuted', 'held']);
    expect(rowsOf(shown)).toEqual(['chaos_thing.a unknown']);
    // A plan sees no orphan: that it says the same as before is no word about the world.
    expect(shown['verdicts']).toMatchObject([{ isAsBefore: false }]);
    expect(loop.state()).toEqual([]);
    expect(loop.cloud.things()).toHaveLength(1);
  },
);

terraformTest(
  '[TERRAFORM-14, L7] an update that was done and lost its answer: a plan alone confirms nothing',
  async () => {
    const loop = await chaosLoop();
    await loop.configure('resource "chaos_thing" "a" {\n  name = "one"\n}\n');
    await loop.terraform('apply', '-auto-approve', '-input=false');
    await loop.configure('resource "chaos_thing" "a" {\n  name = "two"\n}\n');
    loop.cloud.overrule('lost');
    const shown = await loop.json('show', await loop.goRound());
    expect([shown['outcome'], shown['verdict'], shown['state']]).toEqual(['indeterminate', 'inconclusive', 'held']);
    expect(rowsOf(shown)).toEqual(['chaos_thing.a unknown']);
    expect(loop.cloud.effects()).toEqual(['create one', 'update two']);
  },
);

function rowsOf(shown: Readonly<Record<string, unknown>>): readonly string[] {
  // The shape is documented as countersign.show/1; a test of its own holds it.
  const rows = shown['resources'] as readonly { readonly address: string; readonly status: string }[];
  return rows.map(({ address, status }) => `${address} ${status}`);
}
