/** A repair is of the place that the held execution changed: for the planner, and again for the runner. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Fact, Json, Manifest } from '../../../../src/kernel/index.ts';
import type { SealedExecution } from '../../../../src/tools/index.ts';
import { hadState, refutePlace } from '../../../../src/tools/terraform/repair/refute-place.ts';
import { probeSealedRepair } from '../../../../src/tools/terraform/repair/run-repair.ts';
import { NO_PAST } from '../../../support/no-past.ts';

const hash = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');
const HELD = { proposal: 'p-1', bundleDigest: 'b'.repeat(64) };

/** The facts of a state, with what is given instead of its own. */
function facts(over: Readonly<Record<string, Json>> = {}): readonly Fact[] {
  const own: Readonly<Record<string, Json>> = {
    'terraform.backend.type': 'http',
    'terraform.backend.path': { address: 'https://state.example/a' },
    'terraform.workspace': 'default',
    'terraform.directory': '/srv/a',
    'terraform.directory.data': '/srv/a/.terraform',
    place: { kind: 'terraform', backend: 'http', address: 'https://state.example/a' },
    'terraform.state.lineage': '',
    ...over,
  };
  return Object.entries(own).map(([name, value]) => ({ name, role: 'binding', value }));
}

const sealed = (over: Readonly<Record<string, Json>> = {}): SealedExecution => ({
  proposal: 'p-1',
  facts: facts(over),
});
const ELSEWHERE = 'p-1 changed another state than the one that is bound here';

test('[TERRAFORM-23] where both places are known, they alone decide', () => {
  const refute = (its: Readonly<Record<string, Json>>, own: Readonly<Record<string, Json>>) =>
    refutePlace(hash, HELD, sealed(its), facts(own));
  expect(refute({}, {})).toBe(undefined);
  expect(refute({}, { 'terraform.directory': '/srv/b' })).toBe(undefined);
  expect(refute({}, { place: { kind: 'terraform', backend: 'http', address: 'https://state.example/b' } })).toBe(
    ELSEWHERE,
  );
});

test.each(['terraform.backend.type', 'terraform.backend.path', 'terraform.workspace', 'terraform.directory'])(
  '[TERRAFORM-23] where either place is unknown, another %s is another state',
  (name) => {
    const unknown = { place: null };
    expect(refutePlace(hash, HELD, sealed(unknown), facts(unknown))).toBe(undefined);
    expect(refutePlace(hash, HELD, sealed(), facts({ ...unknown, [name]: 'other' }))).toBe(ELSEWHERE);
    expect(refutePlace(hash, HELD, sealed(unknown), facts({ [name]: 'other' }))).toBe(ELSEWHERE);
    const lacking = { proposal: 'p-1', facts: facts(unknown).filter((fact) => fact.name !== name) };
    expect(refutePlace(hash, HELD, lacking, lacking.facts)).toBe(ELSEWHERE);
  },
);

test('[TERRAFORM-23] the bundle of another proposal proves nothing', () => {
  expect(refutePlace(hash, HELD, { ...sealed(), proposal: 'p-2' }, facts())).toBe('that bundle is not the one of p-1');
});

test('[TERRAFORM-23] a state was there where its lineage was sealed', () => {
  expect(hadState(sealed())).toBe(false);
  expect(hadState(sealed({ 'terraform.state.lineage': 'l-1' }))).toBe(true);
  expect(hadState({ proposal: 'p-1', facts: [] })).toBe(false);
});

/** What the runner says of a sealed repair, against what the held execution was sealed with. */
async function probe(repair: Json, own: readonly Fact[], held: SealedExecution): Promise<readonly Fact[]> {
  const of = { proposal: HELD.proposal, bundle: HELD.bundleDigest };
  const manifest = {
    proposal: 'p-r',
    recovers: 'p-1',
    facts: [
      ...own,
      { name: 'terraform.repair', role: 'version', value: repair },
      { name: 'terraform.repair.of', role: 'version', value: of },
    ],
    environmentVariables: {},
    secretVariables: [],
    // What a probe of a repair reads of a manifest, and no more.
  } as unknown as Manifest;
  const past = { ...NO_PAST.past, sealed: async () => held };
  // Neither processes nor files are asked by these repairs.
  const parts = { ...NO_PAST, past, hash } as unknown as Parameters<typeof probeSealedRepair>[0];
  const world = { facts: own, source: { found: { inside: '' } } } as unknown as Parameters<typeof probeSealedRepair>[2];
  return await probeSealedRepair(parts, manifest, world);
}

test('[TERRAFORM-23, L3] the runner refuses a sealed repair of another place, whatever the planner let pass', async () => {
  const untaint = { kind: 'untaint', address: 'a.b' };
  expect(await probe(untaint, facts(), sealed())).toContainEqual({
    name: 'terraform.repair.of',
    role: 'version',
    value: { proposal: 'p-1', bundle: HELD.bundleDigest },
  });
  await expect(probe(untaint, facts({ place: { kind: 'terraform' } }), sealed())).rejects.toMatchObject({
    code: 'BLOB_CORRUPT',
    message: `p-r repairs something else: ${ELSEWHERE}`,
    where: 'p-r',
  });
  await expect(probe(untaint, facts(), { ...sealed(), proposal: 'p-2' })).rejects.toMatchObject({
    code: 'BLOB_CORRUPT',
  });
});

test('[TERRAFORM-23] a state is pushed into nothing only where there was nothing', async () => {
  const push = { kind: 'push-state', serial: 2, lineage: 'l-1', into: '', contents: 'c' };
  const had = { 'terraform.state.lineage': 'l-1' };
  expect(await probe(push, facts(), sealed())).toContainEqual({
    name: 'terraform.errored.digest',
    role: 'version',
    value: null,
  });
  expect(await probe({ ...push, into: 'l-1' }, facts(), sealed(had))).not.toEqual([]);
  await expect(probe(push, facts(), sealed(had))).rejects.toMatchObject({
    message: 'p-r repairs something else: its state is gone',
  });
});
