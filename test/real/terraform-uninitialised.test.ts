/** Planning with what `terraform init` left behind, and without it. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CHAOS_REQUIRED, installChaosProvider } from '../support/chaos-provider/install-provider.ts';
import { afterwards } from '../support/temporary.ts';
import { TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const gitTest = needs('terraform', 'git');

const THING = `${CHAOS_REQUIRED}resource "chaos_thing" "a" {\n  name = "one"\n}\n`;

/** A directory with the chaos provider in a home that only `initialise` is given. */
function chaosStage(files: Readonly<Record<string, string>>): {
  readonly stage: TerraformStage;
  readonly home: string;
} {
  const stage = new TerraformStage(files);
  afterwards(() => stage.strike());
  const home = join(stage.root, 'home');
  mkdirSync(join(stage.root, 'cloud'));
  installChaosProvider(home, join(stage.root, 'cloud'));
  return { stage, home };
}

function initialiseFirst(stage: TerraformStage): string {
  return `run \`terraform init\` in ${stage.directory}, then propose again`;
}

terraformTest(
  '[TERRAFORM-16, TERRAFORM-11] planner and verifier plan with an installed provider that no home and no registry has any more',
  async () => {
    const { stage, home } = chaosStage({ 'main.tf': THING });
    await stage.initialise('.', { HOME: home });
    // The provider lies in the directory as a link into the home: its bytes are what is installed.
    const elsewhere = join(stage.root, 'elsewhere');
    mkdirSync(elsewhere);
    const planned = await stage.planned([], { HOME: elsewhere });
    expect(planned.preview.resources).toMatchObject([{ address: 'chaos_thing.a', action: 'create' }]);
    expect(await stage.planAfresh(planned)).toMatchObject({
      kind: 'changes',
      resources: [{ address: 'chaos_thing.a', action: 'create' }],
    });
  },
);

terraformTest.each([
  { lack: 'no lock file', without: '.terraform.lock.hcl', says: 'Inconsistent dependency lock file' },
  { lack: 'no providers', without: '.terraform/providers', says: 'Required plugins are not installed' },
])('[TERRAFORM-16, TERRAFORM-12, L13] $lack: Terraform says so, and init is the next step', async (missing) => {
  const { stage, home } = chaosStage({ 'main.tf': THING });
  await stage.initialise('.', { HOME: home });
  rmSync(join(stage.directory, missing.without), { recursive: true });
  // The home has the provider, so that another init would have found it: none is run.
  expect(await stage.plan([], { HOME: home })).toMatchObject({
    kind: 'unplannable',
    why: expect.stringContaining(`terraform plan: ${missing.says}`),
    next: initialiseFirst(stage),
  });
});

terraformTest(
  '[TERRAFORM-16, TERRAFORM-12, L13] a module and a backend that were never initialised are named, with init as the next step',
  async () => {
    const stage = new TerraformStage({
      'main.tf': 'module "m" {\n  source = "./m"\n}\n',
      'm/main.tf': 'resource "terraform_data" "x" {}\n',
    });
    afterwards(() => stage.strike());
    expect(await stage.plan()).toMatchObject({
      kind: 'unplannable',
      why: expect.stringContaining('terraform plan: Module not installed (main.tf:1:1)'),
      next: initialiseFirst(stage),
    });
    await stage.initialise();
    expect((await stage.planned()).preview.resources).toMatchObject([{ address: 'module.m.terraform_data.x' }]);
    stage.write({ 'backend.tf': 'terraform {\n  backend "http" {\n    address = "http://127.0.0.1:9/s"\n  }\n}\n' });
    expect(await stage.plan()).toMatchObject({
      kind: 'unplannable',
      why: expect.stringContaining('terraform plan: Backend initialization required'),
      next: initialiseFirst(stage),
    });
  },
);

terraformTest('[TERRAFORM-20, L13] a Terragrunt directory is refused, with what to propose instead', async () => {
  const stage = new TerraformStage({ 'main.tf': 'resource "terraform_data" "a" {}\n', 'terragrunt.hcl': '' });
  afterwards(() => stage.strike());
  expect(await stage.plan()).toEqual({
    kind: 'unplannable',
    why: `${stage.directory} is run by Terragrunt, which generates what Terraform would read`,
    next: 'let Terragrunt generate the directory (below .terragrunt-cache, without its terragrunt.hcl), initialise it, and propose that one',
    text: '',
  });
});

terraformTest(
  '[TERRAFORM-20] a root.hcl or terragrunt.hcl above plain Terraform makes it no Terragrunt unit',
  async () => {
    const stage = new TerraformStage({
      'main.tf': 'resource "terraform_data" "a" {}\n',
      '../root.hcl': '',
      '../terragrunt.hcl': '',
    });
    afterwards(() => stage.strike());
    expect((await stage.planned()).preview.counts.creates).toBe(1);
  },
);

terraformTest('[TERRAFORM-16] what Terraform brings along itself needs no init, and leaves none behind', async () => {
  const stage = new TerraformStage({ 'main.tf': 'resource "terraform_data" "a" {}\n' });
  afterwards(() => stage.strike());
  expect((await stage.planned()).preview.counts.creates).toBe(1);
  expect(stage.has('.terraform')).toBe(false);
});

gitTest.each([{ data: 'data' }, { data: 'absolute' }])(
  '[TERRAFORM-16, TERRAFORM-10] an installed module is taken along from a data directory of another name ($data), and its copy is read',
  async ({ data }) => {
    const stage = new TerraformStage({
      'main.tf': 'module "g" {\n  source = "git::file://REPOSITORY//m"\n}\n',
      '../repository/m/main.tf': 'resource "terraform_data" "x" {\n  input = "sealed"\n}\n',
    });
    afterwards(() => stage.strike());
    const repository = join(stage.root, 'repository');
    stage.write({ 'main.tf': stage.read('main.tf').replace('REPOSITORY', repository) });
    const author = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.com'];
    for (const args of [
      ['init', '-q'],
      ['add', '.'],
      [...author, 'commit', '-qm', 'one'],
    ]) {
      execFileSync('git', args, { cwd: repository });
    }
    const dataDirectory = data === 'absolute' ? join(stage.root, 'absolute') : data;
    await stage.initialise('.', { TF_DATA_DIR: dataDirectory });
    rmSync(repository, { recursive: true });
    const planned = await stage.planned([], { TF_DATA_DIR: dataDirectory });
    expect(planned.preview.resources).toMatchObject([{ address: 'module.g.terraform_data.x' }]);
    const bundle = await stage.open(planned);
    const list = readFileSync(join(bundle.runDirectory, 'tree/.terraform/modules/modules.json'), 'utf8');
    expect(list).toContain('"Dir":".terraform/modules/g/m"');
    expect(list).not.toContain(dataDirectory);
    expect((await stage.execute(bundle)).kind).toBe('completed');
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
  },
);
