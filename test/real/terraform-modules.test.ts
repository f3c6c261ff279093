/** Modules that `terraform init` installed: what they are is sealed, and nothing that is read from elsewhere is. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { nodeFiles } from '../../src/adapters/index.ts';
import { refuseOutsideModules } from '../../src/tools/terraform/module-list.ts';
import { chaosLoop } from '../support/chaos-provider/chaos-loop.ts';
import { afterwards } from '../support/temporary.ts';
import { TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const loopTest = needs('terraform', 'ssh-keygen');

const USE = 'module "m" {\n  source = "git::https://example.com/m.git"\n}\n';
const THING = 'resource "terraform_data" "x" {\n  input = "one"\n}\n';
const LIST = '.terraform/modules/modules.json';
const SOURCE = 'git::https://example.com/m.git';
const LAID = '.terraform/modules/m';

function listOf(directory: string, more: Readonly<Record<string, string>> = {}): string {
  const root = { Key: '', Source: '', Dir: '.' };
  return JSON.stringify({ Modules: [root, { Key: 'm', Source: SOURCE, Dir: directory, ...more }] });
}

function stageWith(files: Readonly<Record<string, string>>): TerraformStage {
  const stage = new TerraformStage({ 'main.tf': USE, ...files });
  afterwards(() => stage.strike());
  return stage;
}

terraformTest(
  '[TERRAFORM-10, L13] a module that is read from where nothing is sealed is refused by its key',
  async () => {
    const stage = stageWith({ '../evil/m.tf': THING });
    for (const place of [
      join(stage.root, 'evil'),
      '../evil',
      '.terraform/modules/../../../evil',
      `${stage.directory}-evil`,
    ]) {
      stage.write({ [LIST]: listOf(place) });
      await expect(stage.plan()).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: `the module m is read from ${place}, which is no part of what is sealed`,
        hint: 'move it into the repository of the configuration, or remove .terraform/modules and run `terraform init`; then propose again',
      });
    }
    stage.write({ [LIST]: '{"Modules":' });
    await expect(stage.plan()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `Terraform's list of modules can't be read: ${stage.directory}/${LIST}`,
    });
  },
);

terraformTest(
  '[TERRAFORM-10] a list leads to the copy, however it names what is sealed, and says nothing else',
  async () => {
    const stage = stageWith({ [`${LAID}/m.tf`]: THING, 'own/m.tf': THING });
    // Terraform reads names in any case, and takes the last: the second place would be the real one.
    stage.write({ [LIST]: listOf(join(stage.directory, LAID), { dir: join(stage.root, 'evil') }) });
    const bundle = await stage.open(await stage.planned());
    const laid = join(bundle.runDirectory, 'tree', LIST);
    expect(readFileSync(laid, 'utf8')).toBe(listOf(LAID));
    stage.write({ [LIST]: listOf(join(stage.directory, 'own')) });
    const own = await stage.open(await stage.planned());
    expect(readFileSync(join(own.runDirectory, 'tree', LIST), 'utf8')).toBe(listOf('own'));
  },
);

terraformTest(
  '[TERRAFORM-09, TERRAFORM-10, L3] an installed module that changed since the sealing is a difference',
  async () => {
    const stage = stageWith({ [`${LAID}/m.tf`]: THING, [LIST]: listOf(LAID) });
    const planned = await stage.planned();
    const bundle = stage.seal(planned);
    const { manifest, blobs } = bundle;
    const fact = 'terraform.modules.digest';
    const changed = async (): Promise<unknown> => await stage.driver.changedFiles?.(bundle, [fact]);
    const digest = async (): Promise<unknown> =>
      (await stage.driver.probe(manifest, blobs)).find(({ name }) => name === 'terraform.modules.digest')?.value;
    const sealed = planned.facts.find(({ name }) => name === 'terraform.modules.digest')?.value;
    expect(await digest()).toBe(sealed);
    stage.write({ [`${LAID}/m.tf`]: THING.replace('one', 'two') });
    expect(await digest()).not.toBe(sealed);
    expect(await changed()).toEqual({ [fact]: [{ path: `${LAID}/m.tf`, change: 'changed' }] });
    stage.write({ [`${LAID}/m.tf`]: THING, 'own/m.tf': THING, [LIST]: listOf('own') });
    expect(await digest()).not.toBe(sealed);
    expect(await changed()).toEqual({ [fact]: [{ path: LIST, change: 'changed' }] });
    stage.write({ [LIST]: listOf(LAID) });
    expect(await changed()).toEqual({ [fact]: [] });
  },
);

terraformTest('[TERRAFORM-10, L13] runner and verifier refuse a sealed list that leads out of their copy', async () => {
  const stage = stageWith({});
  const refused = async (list: string): Promise<unknown> => {
    stage.write({ [`tree/in/${LIST}`]: list });
    const base = join(stage.directory, 'tree');
    return await refuseOutsideModules(nodeFiles(), base, join(base, 'in')).then(
      () => 'taken',
      (thrown: unknown) => thrown,
    );
  };
  expect(await refused(listOf(LAID))).toBe('taken');
  expect(await refused(listOf('../beside'))).toBe('taken');
  expect(await refused(listOf('../../beside'))).toMatchObject({ code: 'CONFIG_INVALID', where: '../../beside' });
  expect(await refused(listOf(stage.root))).toMatchObject({ code: 'CONFIG_INVALID', where: stage.root });
  expect(await refused(listOf(LAID, { dir: '/etc' }))).toMatchObject({ code: 'CONFIG_INVALID' });
});

loopTest(
  '[TERRAFORM-10, L13] through the loop: a list that leads to a living directory can not be proposed',
  async () => {
    const loop = await chaosLoop();
    await loop.configure('');
    const stage = new TerraformStage({ 'm.tf': THING });
    afterwards(() => stage.strike());
    mkdirSync(join(loop.directory, '.terraform/modules'), { recursive: true });
    writeFileSync(join(loop.directory, LIST), listOf(stage.directory));
    writeFileSync(join(loop.directory, 'use.tf'), USE);
    const proposed = await loop.proposeChaos();
    expect(proposed.code).not.toBe(0);
    expect(JSON.parse(proposed.stdout)).toMatchObject({
      why: `the module m is read from ${stage.directory}, which is no part of what is sealed`,
    });
  },
);
