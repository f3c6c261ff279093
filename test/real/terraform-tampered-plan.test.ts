/** A saved plan carries its configuration, unauthenticated: what becomes of one that was edited and packed again. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { nodeProcesses } from '../../src/adapters/index.ts';
import { canonicalJson } from '../../src/kernel/index.ts';
import type { OpenedBundle } from '../../src/tools/index.ts';
import { rezip } from '../support/rezip.ts';
import { afterwards } from '../support/temporary.ts';
import { SEARCH_PATH, TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');

function stageWith(configuration: string): TerraformStage {
  const stage = new TerraformStage({ 'main.tf': configuration });
  afterwards(() => stage.strike());
  return stage;
}

async function terraform(stage: TerraformStage, ...args: readonly string[]): Promise<string> {
  const environment = { PATH: SEARCH_PATH, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
  const ran = await nodeProcesses().run({
    file: 'terraform',
    args,
    directory: stage.directory,
    environment,
    timeoutMs: 60_000,
    maxOutputBytes: 1_000_000,
  });
  expect(ran.end).toEqual({ kind: 'exited', code: 0 });
  return new TextDecoder().decode(ran.stdout);
}

function withPlan(bundle: OpenedBundle, plan: Uint8Array): OpenedBundle {
  return { ...bundle, blobs: new Map([...bundle.blobs, ['plan', plan]]) };
}

const CORRUPT = {
  code: 'BLOB_CORRUPT',
  message: 'the sealed plan of p1 is not the one that was described when it was sealed',
};

terraformTest(
  '[TERRAFORM-19, L3] a provisioner that was swapped inside a plan shows in no text of Terraform, and is found before anything runs',
  async () => {
    const stage = stageWith(
      'resource "terraform_data" "a" {\n  provisioner "local-exec" {\n    command = "echo good > ROOT/ran"\n  }\n}\n',
    );
    stage.write({ 'main.tf': stage.read('main.tf').replace('ROOT', stage.root) });
    const bundle = stage.seal(await stage.planned());
    const plan = bundle.blobs.get('plan') ?? new Uint8Array();
    const evil = rezip(plan, 'main.tf', 'echo good', 'echo evil');
    const [honest, tampered] = [join(stage.root, 'honest'), join(stage.root, 'tampered')];
    writeFileSync(honest, plan);
    writeFileSync(tampered, evil);
    expect(await terraform(stage, 'show', '-no-color', tampered)).toBe(
      await terraform(stage, 'show', '-no-color', honest),
    );
    await expect(stage.driver.materialise(withPlan(bundle, evil))).rejects.toMatchObject(CORRUPT);
    await expect(stage.driver.preview(withPlan(bundle, evil))).rejects.toMatchObject(CORRUPT);
    await stage.driver.materialise(withPlan(bundle, rezip(plan, 'main.tf', 'echo good', 'echo good')));
    // The attack is a real one: Terraform itself runs what was put in.
    await terraform(stage, 'apply', '-input=false', tampered);
    expect(readFileSync(join(stage.root, 'ran'), 'utf8')).toBe('evil\n');
  },
);

terraformTest(
  '[TERRAFORM-19, L3] an expression that was swapped inside a plan and is known only after the apply shows in no preview, and is found',
  async () => {
    const stage = stageWith(
      'resource "terraform_data" "a" {\n  input = "x"\n}\nresource "terraform_data" "b" {\n  input = terraform_data.a.id\n}\n',
    );
    const planned = await stage.planned();
    const bundle = await stage.open(planned);
    const evil = rezip(bundle.blobs.get('plan') ?? new Uint8Array(), 'main.tf', 'data.a.id', 'data.a.output');
    await expect(stage.driver.materialise(withPlan(bundle, evil))).rejects.toMatchObject(CORRUPT);
    writeFileSync(join(bundle.runDirectory, 'plan.bin'), evil);
    await expect(stage.driver.preview(bundle)).rejects.toMatchObject(CORRUPT);
    expect(canonicalJson(await stage.driver.preview(await stage.open(planned)))).toBe(canonicalJson(planned.preview));
  },
);

terraformTest(
  '[TERRAFORM-19, L11] the digest of what a plan says is for the runner alone: it would let secrets be guessed',
  async () => {
    const stage = stageWith('resource "terraform_data" "a" {}\n');
    const planned = await stage.planned();
    const blob = planned.blobs.find(({ name }) => name === 'plan-digest');
    expect(blob?.readers).toBe('runner');
    const digest = new TextDecoder().decode(blob?.content);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([planned.facts, planned.preview, planned.checks, planned.sourceDigest])).not.toContain(
      digest,
    );
    const again = await stage.planned();
    expect(new TextDecoder().decode(again.blobs.find(({ name }) => name === 'plan-digest')?.content)).toBe(digest);
    const missing = stage.seal(planned);
    const without = { ...missing, blobs: new Map([...missing.blobs].filter(([name]) => name !== 'plan-digest')) };
    await expect(stage.driver.materialise(without)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  },
);
