/** Directories that share a repository: files of variables beside them, and workspaces. */

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Fact, Json } from '../../src/kernel/index.ts';
import { afterwards } from '../support/temporary.ts';
import { type Planned, TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');

const MAIN = 'variable "size" {}\nresource "terraform_data" "x" {\n  input = var.size\n}\n';
const OPTION = '-var-file=../env/prod.tfvars';

/** A repository with `infra/` and, beside it, `env/prod.tfvars`. */
async function repository(): Promise<TerraformStage> {
  const stage = new TerraformStage({ 'main.tf': MAIN, '../env/prod.tfvars': 'size = "large"\n', '../env/other': 'x' });
  afterwards(() => stage.strike());
  mkdirSync(join(stage.root, '.git'));
  await stage.initialise();
  return stage;
}

async function differing(stage: TerraformStage, planned: Planned): Promise<readonly string[]> {
  const { manifest, blobs } = stage.seal(planned);
  const found = await stage.driver.probe(manifest, blobs);
  const now = new Map(found.map(({ name, value }) => [name, JSON.stringify(value)]));
  expect(now.size).toBe(manifest.facts.length);
  return manifest.facts.filter(({ name, value }) => now.get(name) !== JSON.stringify(value)).map(({ name }) => name);
}

function factOf(facts: readonly Fact[], name: string): Json | undefined {
  return facts.find((fact) => fact.name === name)?.value;
}

terraformTest(
  '[TERRAFORM-10, TERRAFORM-13, L3] a file of variables beside the directory is sealed: what it says later is neither run nor verified',
  async () => {
    const stage = await repository();
    const planned = await stage.planned([OPTION]);
    expect(planned.preview.notes[1]).toBe(`planned with ${OPTION}`);
    expect(factOf(planned.facts, 'terraform.directory.variable-files')).toEqual(['../env/prod.tfvars']);
    expect(factOf(planned.facts, 'terraform.directory.inside')).toBe('infra');
    expect(await differing(stage, planned)).toEqual([]);

    stage.write({ '../env/other': 'nothing of it is sealed' });
    expect(await differing(stage, planned)).toEqual([]);
    stage.write({ '../env/prod.tfvars': 'size = "small"\n' });
    expect(await differing(stage, planned)).toEqual(['terraform.directory.digest']);
    rmSync(join(stage.root, 'env/prod.tfvars'));
    expect(await differing(stage, planned)).toEqual(['terraform.directory.digest']);

    symlinkSync('/dev/null', join(stage.root, 'env/prod.tfvars'));
    expect(await differing(stage, planned)).toEqual(['terraform.directory.digest']);
    rmSync(join(stage.root, 'env/prod.tfvars'));
    mkdirSync(join(stage.root, 'env/prod.tfvars'));
    symlinkSync('/dev/null', join(stage.root, 'env/prod.tfvars/inner'));
    expect(await differing(stage, planned)).toEqual(['terraform.directory.digest']);
    rmSync(join(stage.root, 'env'), { recursive: true });
    stage.write({ '../elsewhere/prod.tfvars': 'size = "large"\n' });
    symlinkSync(join(stage.root, 'elsewhere'), join(stage.root, 'env'));
    expect(await differing(stage, planned)).toEqual(['terraform.directory.digest']);

    expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
    expect(stage.read('terraform.tfstate')).toContain('"large"');
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
  },
);

terraformTest(
  '[DRIFT-01, TERRAFORM-13] a later look reads the same file, and says when it says something else',
  async () => {
    const stage = await repository();
    const planned = await stage.planned([OPTION]);
    await stage.execute(await stage.open(planned));
    const look = async (options: readonly string[] | null = [OPTION]): Promise<unknown> =>
      await stage.driver.lookAgain?.({
        manifest: stage.seal(planned).manifest,
        options: options ?? undefined,
        environment: { PATH: process.env['PATH'] ?? '' },
        secretVariables: [],
        scratch: stage.private('look-'),
      });
    expect(await look()).toEqual({ kind: 'as-confirmed' });
    expect(await look(null)).toMatchObject({ kind: 'unknown', why: 'it was planned by an earlier version' });
    stage.write({ '../env/prod.tfvars': 'size = "small"\n' });
    expect(await look()).toEqual({ kind: 'changed-configuration', changed: ['the configuration'] });
  },
);

terraformTest(
  '[DRIFT-05] where the record of the backend is gone nobody looks at another state: the directory is not initialised any more',
  async () => {
    const stage = new TerraformStage({
      'main.tf': 'resource "terraform_data" "x" {}\n',
      'backend.tf': 'terraform {\n  backend "local" {\n    path = "kept.tfstate"\n  }\n}\n',
    });
    afterwards(() => stage.strike());
    await stage.initialise();
    const planned = await stage.planned();
    await stage.execute(await stage.open(planned));
    const look = async (): Promise<unknown> =>
      await stage.driver.lookAgain?.({
        manifest: stage.seal(planned).manifest,
        options: [],
        environment: { PATH: process.env['PATH'] ?? '' },
        secretVariables: [],
        scratch: stage.private('look-'),
      });
    expect(await look()).toEqual({ kind: 'as-confirmed' });
    rmSync(join(stage.directory, '.terraform/terraform.tfstate'));
    expect(await look()).toMatchObject({ why: expect.stringContaining('has another backend now') });
    rmSync(join(stage.directory, '.terraform'), { recursive: true });
    expect(await look()).toMatchObject({
      kind: 'unknown',
      why: `${stage.directory} is not initialised any more`,
    });
  },
);

terraformTest(
  '[TERRAFORM-13, TERRAFORM-10, L3] with a `..` too many the file is the same one, and sealed: nobody reads the living one again',
  async () => {
    const stage = await repository();
    const surplus = `${'../'.repeat(30)}${join(stage.root, 'env/prod.tfvars').slice(1)}`;
    const planned = await stage.planned([`-var-file=${surplus}`]);
    expect(planned.preview.notes[1]).toBe(`planned with ${OPTION}`);
    expect(factOf(planned.facts, 'terraform.directory.variable-files')).toEqual(['../env/prod.tfvars']);
    const bundle = await stage.open(planned);
    stage.write({ '../env/prod.tfvars': 'size = "small"\n' });
    expect(await stage.driver.drift(bundle)).toEqual([]);
    expect((await stage.execute(bundle)).kind).toBe('completed');
    expect(stage.read('terraform.tfstate')).toContain('"large"');
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
  },
);

terraformTest('[TERRAFORM-09] the identity of a change follows what that file says', async () => {
  const stage = await repository();
  const identify = async (...argv: readonly string[]): Promise<unknown> =>
    await stage.driver.identify?.({
      proposal: 'p',
      directory: stage.directory,
      argv,
      environment: {},
      secretVariables: [],
    });
  const before = await identify(OPTION);
  expect(await identify('-var-file', join(stage.root, 'env/prod.tfvars'))).toEqual(before);
  stage.write({ '../env/prod.tfvars': 'size = "small"\n' });
  expect(await identify(OPTION)).not.toEqual(before);
});

terraformTest('[TERRAFORM-13, L13] what is outside of the repository, a directory or a link is not taken', async () => {
  const stage = await repository();
  mkdirSync(join(stage.directory, '.git'));
  await expect(stage.plan([OPTION])).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: `${join(stage.root, 'env/prod.tfvars')} lies outside of ${stage.directory} and can't be sealed`,
  });
  rmSync(join(stage.directory, '.git'), { recursive: true });
  writeFileSync(join(stage.root, 'secret'), 'size = 1\n');
  symlinkSync(join(stage.root, 'secret'), join(stage.root, 'env/link.tfvars'));
  for (const [path, kind] of [
    ['..', 'directory'],
    ['../env', 'directory'],
    ['../env/link.tfvars', 'link'],
  ]) {
    await expect(stage.plan([`-var-file=${path}`])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${join(stage.directory, `${path}`)} is a ${kind}, and no file of variables`,
    });
  }
  symlinkSync(join(stage.root, 'env'), join(stage.root, 'linked'));
  await expect(stage.plan(['-var-file=../linked/prod.tfvars'])).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: `${join(stage.root, 'linked/prod.tfvars')} lies behind a link, in ${join(stage.root, 'env/prod.tfvars')}`,
  });
  expect(await stage.plan(['-var-file=../env/none.tfvars'])).toMatchObject({
    kind: 'unplannable',
    why: expect.stringContaining('Failed to read variables file'),
  });
});

terraformTest(
  '[TERRAFORM-13, L13] a file of variables in a place that is left out of what is sealed is refused, by its path or through a link',
  async () => {
    const stage = await repository();
    mkdirSync(join(stage.directory, 'sub'));
    symlinkSync('.terraform', join(stage.directory, 'work'));
    for (const [named, at] of [
      ['../.git/x.tfvars', '.git/x.tfvars'],
      ['../env/.terraform/x.tfvars', 'env/.terraform/x.tfvars'],
      ['../terraform.tfstate.d/x.tfvars', 'terraform.tfstate.d/x.tfvars'],
      ['.terraform/x.tfvars', 'infra/.terraform/x.tfvars'],
      ['sub/../terraform.tfstate.backup', 'infra/terraform.tfstate.backup'],
      ['sub/.git/x.tfvars', 'infra/sub/.git/x.tfvars'],
      ['work/x.tfvars', 'infra/.terraform/x.tfvars'],
    ]) {
      stage.write({ [`../${at}`]: 'size = "large"\n' });
      await expect(stage.plan([`-var-file=${named}`])).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: `${join(stage.root, `${at}`)} lies where nothing is sealed`,
        hint: 'name a file of variables that lies in the repository itself, outside of .git, .terraform and states',
      });
      rmSync(join(stage.root, `${at}`));
    }
    stage.write({ '../infra/prod.tfvars': 'size = "large"\n' });
    const planned = await stage.planned(['-var-file=../infra/prod.tfvars']);
    expect(planned.preview.notes[1]).toBe('planned with -var-file=prod.tfvars');
  },
);

terraformTest('[TERRAFORM-17, TERRAFORM-10] each workspace of a directory is a place of its own', async () => {
  const stage = await repository();
  const blue = await stage.planned([OPTION], { TF_WORKSPACE: 'blue' });
  const red = await stage.planned([OPTION], { TF_WORKSPACE: 'red' });
  const places = [blue, red].map(({ facts }) => factOf(facts, 'place'));
  expect(new Set(places.map((place) => JSON.stringify(place))).size).toBe(2);
  expect(factOf(blue.facts, 'terraform.workspace')).toBe('blue');
  expect((await stage.execute(await stage.open(blue))).kind).toBe('completed');
  expect(stage.has('terraform.tfstate.d/blue/terraform.tfstate')).toBe(true);
  expect(stage.has('terraform.tfstate.d/red/terraform.tfstate')).toBe(false);
  expect((await stage.planAfresh(blue)).kind).toBe('empty');
  expect((await stage.planAfresh(red)).kind).toBe('changes');
});

terraformTest('[TERRAFORM-10, L3] a module beside the directory that JSON names is part of the source', async () => {
  const stage = new TerraformStage({
    'main.tf.json': JSON.stringify({
      module: [{ m: [{ source: '../modules/m' }] }],
      // Not every source is a module's.
      resource: { terraform_data: { y: { input: { source: '../../nowhere/x' } } } },
    }),
    '../modules/m/main.tf': 'resource "terraform_data" "x" {\n  input = "one"\n}\n',
  });
  afterwards(() => stage.strike());
  await stage.initialise();
  const planned = await stage.planned();
  expect(planned.preview.resources.map(({ address }) => address)).toEqual([
    'module.m.terraform_data.x',
    'terraform_data.y',
  ]);
  expect(await differing(stage, planned)).toEqual([]);
  stage.write({ '../modules/m/main.tf': 'resource "terraform_data" "x" {\n  input = "two"\n}\n' });
  expect(await differing(stage, planned)).toEqual(['terraform.directory.digest']);
  expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
  expect(stage.read('terraform.tfstate')).toContain('"one"');
  expect((await stage.planAfresh(planned)).kind).toBe('empty');
});
