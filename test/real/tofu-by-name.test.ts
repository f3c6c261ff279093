/**
 * OpenTofu through the whole driver. The program here is Terraform's own binary under the name `tofu`, which proves that Countersign
 * finds, names and seals it, and nothing about OpenTofu itself.
 */

import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { nodeFiles, nodeProcesses, sha256 } from '../../src/adapters/index.ts';
import { type PlanAnswer, terraformDriver } from '../../src/tools/index.ts';
import { NO_PAST } from '../support/no-past.ts';
import { SEARCH_PATH, TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const stages: TerraformStage[] = [];
afterEach(() => {
  for (const stage of stages.splice(0)) stage.strike();
});

terraformTest('[TERRAFORM-32, L3, L13] what is planned with tofu is sealed, named and refused as tofu', async () => {
  const stage = new TerraformStage({ 'main.tf': 'resource "terraform_data" "a" {}\n' });
  stages.push(stage);
  const tools = join(stage.root, 'tools');
  mkdirSync(tools);
  const processes = nodeProcesses();
  const real = await processes.locate('terraform', SEARCH_PATH);
  copyFileSync(real ?? '', join(tools, 'tofu'));
  const driver = terraformDriver({
    ...NO_PAST,
    processes,
    sandboxed: processes,
    files: nodeFiles(),
    hash: sha256,
    searchPath: `${tools}:${SEARCH_PATH}`,
  });
  const request = {
    proposal: 'p1',
    directory: stage.directory,
    argv: ['tofu'],
    environment: { PATH: SEARCH_PATH },
    secretVariables: [],
  };
  const plan = async (name: string): Promise<PlanAnswer> => {
    mkdirSync(join(stage.root, name));
    return await driver.plan({ ...request, scratch: join(stage.root, name) });
  };
  const planned = await plan('one');
  if (planned.kind !== 'planned') throw new TypeError(planned.why);
  expect(planned.tool).toMatchObject({ path: join(tools, 'tofu'), version: expect.stringMatching(/^1\./) });
  expect(planned.preview.notes).toContain(`program ${join(tools, 'tofu')} (sha256 ${planned.tool.digest})`);
  const bundle = await stage.open(planned);
  expect(driver.command(bundle).file).toBe(join(tools, 'tofu'));
  expect((await driver.identify(request)).argv).toEqual(['tofu']);
  expect((await driver.identify({ ...request, argv: ['terraform'] })).argv).toEqual([]);

  stage.write({ 'main.tf': 'module "m" {\n  source = "./m"\n}\n', 'm/main.tf': '' });
  expect(await plan('two')).toMatchObject({
    kind: 'unplannable',
    why: expect.stringMatching(/^tofu plan: Module not installed/),
    next: `run \`tofu init\` in ${stage.directory}, then propose again`,
  });
});
