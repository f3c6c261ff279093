/** What planning seals and what an execution runs, on the real Terraform. */

import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { nodeFiles, nodeProcesses, probeSandbox, sandboxedProcesses, sha256 } from '../../src/adapters/index.ts';
import { canonicalJson, compareFacts } from '../../src/kernel/index.ts';
import { type OpenedBundle, type PlanAnswer, terraformDriver } from '../../src/tools/index.ts';
import { NO_PAST } from '../support/no-past.ts';
import { type Planned, Running, SEARCH_PATH, TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const stages: TerraformStage[] = [];
const servers: Server[] = [];

afterEach(() => {
  for (const stage of stages.splice(0)) stage.strike();
  for (const server of servers.splice(0)) server.close();
});

function stageWith(files: Readonly<Record<string, string>>): TerraformStage {
  const stage = new TerraformStage(files);
  stages.push(stage);
  return stage;
}

const ONE = 'resource "terraform_data" "a" {\n  input = 1\n}\n';

function factOf(planned: Planned, name: string): unknown {
  return planned.facts.find((fact) => fact.name === name)?.value;
}

async function differences(stage: TerraformStage, bundle: OpenedBundle): Promise<readonly string[]> {
  const found = await stage.driver.probe(bundle.manifest, bundle.blobs);
  return compareFacts(bundle.manifest.facts, found).map(({ name }) => name);
}

/** What became of the files of every fact that differs. */
async function changedFiles(stage: TerraformStage, bundle: OpenedBundle): Promise<Readonly<Record<string, string>>> {
  const changed = (await stage.driver.changedFiles?.(bundle, await differences(stage, bundle))) ?? {};
  return Object.fromEntries(
    Object.entries(changed).map(([fact, paths]) => [
      fact,
      paths.map(({ path, change }) => `${path} ${change}`).join(', '),
    ]),
  );
}

function listing(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
}

terraformTest(
  '[TERRAFORM-01] planning leaves directory and state as they were, a dangling state link among them',
  async () => {
    const stage = stageWith({ 'main.tf': ONE });
    mkdirSync(join(stage.root, 'states'));
    symlinkSync(join(stage.root, 'states/real.tfstate'), join(stage.directory, 'terraform.tfstate'));
    const before = listing(stage.root);
    await stage.planned();
    expect(listing(stage.root).filter((path) => !path.startsWith('scratch-'))).toEqual(before);
  },
);

terraformTest(
  '[TERRAFORM-09] a state that is not there yet is a value, and an empty one appearing is a difference',
  async () => {
    const stage = stageWith({ 'main.tf': ONE });
    const planned = await stage.planned();
    expect(factOf(planned, 'terraform.state.lineage')).toBe('');
    expect(factOf(planned, 'terraform.state.serial')).toBe(0);
    expect(factOf(planned, 'terraform.state.digest')).toBe(null);
    expect(factOf(planned, 'terraform.backend.path')).toBe(join(stage.directory, 'terraform.tfstate'));
    const bundle = stage.seal(planned);
    expect(await differences(stage, bundle)).toEqual([]);
    stage.write({ 'terraform.tfstate': '' });
    expect(await differences(stage, bundle)).toEqual(['terraform.state.digest']);
  },
);

terraformTest('[TERRAFORM-09, L3] each part of the world that changes is named', async () => {
  const stage = stageWith({ 'main.tf': ONE, 'step.sh': 'echo one' });
  await stage.execute(await stage.open(await stage.planned()));
  stage.write({ 'main.tf': ONE.replace('1', '2') });
  const planned = await stage.planned();
  expect(factOf(planned, 'terraform.state.serial')).toBe(1);
  const bundle = stage.seal(planned);
  expect(await differences(stage, bundle)).toEqual([]);
  expect(await changedFiles(stage, bundle)).toEqual({});
  stage.write({ 'step.sh': 'echo two' });
  expect(await differences(stage, bundle)).toEqual(['terraform.directory.digest']);
  expect(await changedFiles(stage, bundle)).toEqual({ 'terraform.directory.digest': 'step.sh changed' });
  stage.write({ 'step.sh': 'echo one' });
  chmodSync(join(stage.directory, 'step.sh'), 0o644);
  expect(await differences(stage, bundle)).toEqual(['terraform.directory.digest']);
  chmodSync(join(stage.directory, 'step.sh'), 0o755);
  stage.write({ '.terraform.lock.hcl': '# a lock\n' });
  expect(await differences(stage, bundle)).toEqual(['terraform.directory.digest', 'terraform.lock.digest']);
  rmSync(join(stage.directory, 'step.sh'));
  expect(await changedFiles(stage, bundle)).toEqual({
    'terraform.directory.digest': '.terraform.lock.hcl appeared, step.sh gone',
  });
});

terraformTest('[TERRAFORM-09, L3, L15] another workspace, selected after the sealing, is another world', async () => {
  const stage = stageWith({ 'main.tf': ONE });
  const bundle = stage.seal(await stage.planned());
  stage.write({ '.terraform/environment': 'prod' });
  expect(await differences(stage, bundle)).toEqual(['terraform.backend.path', 'terraform.workspace', 'place']);
  const prod = await stage.planned();
  expect(factOf(prod, 'terraform.workspace')).toBe('prod');
  expect(factOf(prod, 'terraform.backend.path')).toBe(
    join(stage.directory, 'terraform.tfstate.d/prod/terraform.tfstate'),
  );
  expect((await stage.execute(await stage.open(prod))).kind).toBe('completed');
  expect(stage.has('terraform.tfstate.d/prod/terraform.tfstate')).toBe(true);
  expect(stage.has('terraform.tfstate')).toBe(false);
  expect((await stage.planAfresh(prod)).kind).toBe('empty');
});

terraformTest('[TERRAFORM-09] a workspace from the environment is sealed with it', async () => {
  const stage = stageWith({ 'main.tf': ONE });
  const planned = await stage.planned([], { TF_WORKSPACE: 'blue' });
  expect(factOf(planned, 'terraform.workspace')).toBe('blue');
  expect(planned.environmentVariables['TF_WORKSPACE']).toBe('blue');
  expect(await differences(stage, stage.seal(planned))).toEqual([]);
});

terraformTest(
  '[TERRAFORM-09] a local backend with a path of its own is found, its state read through links and its bytes run',
  async () => {
    const stage = stageWith({
      'main.tf': ONE,
      'backend.tf': 'terraform {\n  backend "local" {\n    path = "../states/link.tfstate"\n  }\n}\n',
    });
    const states = join(stage.root, 'states');
    mkdirSync(states);
    const uninitialised = await stage.plan();
    expect(uninitialised).toMatchObject({
      kind: 'unplannable',
      why: expect.stringContaining('terraform plan: Backend initialization required'),
      next: `run \`terraform init\` in ${stage.directory}, then propose again`,
    });
    await stage.initialise();
    const planned = await stage.planned();
    expect(factOf(planned, 'terraform.backend.path')).toBe(join(states, 'link.tfstate'));
    expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
    expect(existsSync(join(states, 'link.tfstate'))).toBe(true);
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
  },
);

terraformTest(
  '[TERRAFORM-10, L3] a script that is swapped after the sealing does not run: the sealed one does',
  async () => {
    const stage = stageWith({
      'main.tf': 'resource "terraform_data" "a" {\n  provisioner "local-exec" {\n    command = "./step.sh"\n  }\n}\n',
      'step.sh': '#!/bin/sh\necho sealed > ran\n',
    });
    const planned = await stage.planned();
    stage.write({ 'step.sh': '#!/bin/sh\necho swapped > ran\n' });
    const bundle = await stage.open(planned);
    expect((await stage.execute(bundle)).kind).toBe('completed');
    expect(readFileSync(join(bundle.runDirectory, 'tree/ran'), 'utf8')).toBe('sealed\n');
  },
);

terraformTest('[TERRAFORM-10, L3] a command that is not the apply of the sealed plan is a forgery', async () => {
  const stage = stageWith({ 'main.tf': ONE });
  const planned = await stage.planned();
  const bundle = await stage.open(planned);
  const { args, directory, file } = stage.driver.command(bundle);
  expect(file).toBe(planned.tool.path);
  expect(directory).toBe(join(bundle.runDirectory, 'tree'));
  expect(args).toEqual([
    'apply',
    '-input=false',
    '-no-color',
    '-json',
    '-lock-timeout=30s',
    `-state=${join(stage.directory, 'terraform.tfstate')}`,
    join(bundle.runDirectory, 'plan.bin'),
  ]);
  const forged = {
    ...bundle,
    manifest: { ...bundle.manifest, argv: [...planned.argv.slice(0, -1), '-lock=false', '{run}/plan.bin'] },
  };
  expect(() => stage.driver.command(forged)).toThrow('is not an apply of its own plan');
});

terraformTest(
  '[TERRAFORM-08, L3] the runner computes the very preview that was sealed, in a fresh place, twice',
  async () => {
    const stage = stageWith({
      'main.tf': `
variable "password" {
  type      = string
  sensitive = true
  default   = "correct horse battery"
}
resource "terraform_data" "a" {
  input = var.password
  provisioner "local-exec" {
    command = "true"
  }
}
output "o" {
  value = terraform_data.a.id
}`,
    });
    const planned = await stage.planned();
    const bundle = stage.seal(planned);
    const first = await stage.driver.preview(bundle);
    await stage.driver.materialise(bundle);
    const second = await stage.driver.preview(bundle);
    expect(canonicalJson(first)).toBe(canonicalJson(planned.preview));
    expect(canonicalJson(second)).toBe(canonicalJson(planned.preview));
  },
);

terraformTest(
  '[TERRAFORM-05, TERRAFORM-08, L3, L15] the preview names place, program and the whole environment, secrets by name only',
  async () => {
    const stage = stageWith({ 'main.tf': ONE });
    const secret = 'tok-123456\nnext line';
    const planned = await stage.planned([], { PATH: '/evil:/usr/bin', A_SECRET: secret, COPY: `<${secret}>\n` });
    expect(planned.preview.notes).toEqual([
      'destroys 0 and touches 1 of 1 objects, 1 of 1 providers, 1 of 1 modules',
      `directory ${stage.directory}`,
      `state ${stage.directory}/terraform.tfstate`,
      'workspace default',
      `program ${planned.tool.path} (sha256 ${planned.tool.digest})`,
      'environment CHECKPOINT_DISABLE=1',
      'environment COPY=<(sensitive)>⟨U+000A⟩',
      'environment PATH=/evil:/usr/bin',
      'environment TF_CLI_CONFIG_FILE=/dev/null',
      'environment TF_INPUT=0',
      'environment TF_IN_AUTOMATION=1',
      'environment A_SECRET=(sensitive)',
    ]);
    const bundle = stage.seal(planned);
    expect(canonicalJson(await stage.driver.preview(bundle))).toBe(canonicalJson(planned.preview));
    const other = { ...planned.environmentVariables, PATH: '/other:/usr/bin' };
    const forged = { ...bundle, manifest: { ...bundle.manifest, environmentVariables: other } };
    expect((await stage.driver.preview(forged)).notes).toContain('environment PATH=/other:/usr/bin');
  },
);

terraformTest(
  '[TERRAFORM-10, L3] a bundle that makes programs load code is neither asked nor laid nor run',
  async () => {
    const stage = stageWith({ 'main.tf': ONE });
    const bundle = await stage.open(await stage.planned());
    const environmentVariables = { ...bundle.manifest.environmentVariables, LD_PRELOAD: '/evil.so' };
    const forged = { ...bundle, manifest: { ...bundle.manifest, environmentVariables } };
    const corrupt = { code: 'BLOB_CORRUPT', message: expect.stringContaining('LD_PRELOAD makes programs load code') };
    expect(() => stage.driver.command(forged)).toThrow(expect.objectContaining(corrupt));
    await expect(stage.driver.materialise(forged)).rejects.toMatchObject(corrupt);
    await expect(stage.driver.preview(forged)).rejects.toMatchObject(corrupt);
    await expect(stage.driver.probe(forged.manifest, forged.blobs)).rejects.toMatchObject(corrupt);
  },
);

terraformTest(
  '[TERRAFORM-10, L3] a plan that was tampered with can not be laid out, or shows another preview',
  async () => {
    const stage = stageWith({ 'main.tf': ONE });
    const planned = await stage.planned();
    const bundle = stage.seal(planned);
    const whole = bundle.blobs.get('plan') ?? new Uint8Array();
    const plan = whole.subarray(0, whole.length / 2);
    const tampered = { ...bundle, blobs: new Map([...bundle.blobs, ['plan', plan]]) };
    await expect(stage.driver.materialise(tampered)).rejects.toMatchObject({ code: 'TOOL_FAILED' });
    stage.write({ 'main.tf': ONE.replace('1', '"evil"') });
    const other = await stage.planned();
    const swapped = { ...stage.seal(planned), blobs: stage.seal(other).blobs };
    expect(canonicalJson(await stage.driver.preview(swapped))).not.toBe(canonicalJson(planned.preview));
  },
);

const SECRETS = `
variable "password" {
  type      = string
  sensitive = true
}
variable "fallback" {
  type      = string
  sensitive = true
  default   = "default-secret-1"
}
resource "terraform_data" "a" {
  input = { user = "ann", password = var.password, other = [var.fallback, "plain"] }
  provisioner "local-exec" {
    command = "echo the password is $PASSWORD; exit 3"
    environment = { PASSWORD = nonsensitive(var.password) }
  }
}
output "o" {
  value     = var.password
  sensitive = true
}`;

terraformTest(
  '[TERRAFORM-07, L11] sensitive values are in no preview, outcome, complaint, check or clear manifest',
  async () => {
    const stage = stageWith({ 'main.tf': SECRETS });
    const secret = 'hunter2 "quoted" \\ <x>&';
    const planned = await stage.planned([`-var=password=${secret}`]);
    const shown = JSON.stringify([
      planned.preview,
      planned.facts,
      planned.checks,
      planned.argv,
      planned.environmentVariables,
    ]);
    for (const hidden of ['hunter2', 'default-secret-1']) expect(shown).not.toContain(hidden);
    const attributes = planned.preview.resources[0]?.attributes.filter(({ isSensitive }) => isSensitive);
    expect(attributes?.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['input.other[0]', '(sensitive)', '(sensitive)'],
      ['input.password', '(sensitive)', '(sensitive)'],
    ]);
    expect(planned.preview.notes[1]).toBe('planned with -var=password=(sensitive)');
    expect(planned.preview.notes.at(-1)).toBe('output o: create (sensitive)');
    const readers = planned.blobs.map(({ name, readers: who }) => [name, who]);
    expect(readers).toEqual([
      ['plan', 'runner'],
      ['plan-digest', 'runner'],
      ['directory', 'runner-and-verifier'],
      ['secrets', 'runner'],
    ]);
    const bundle = await stage.open(planned);
    expect(stage.driver.secrets(bundle)).toEqual(expect.arrayContaining([secret, 'default-secret-1']));
    const outcome = await stage.execute(bundle);
    expect(outcome.kind).toBe('partial');
    expect(outcome.resources[0]?.detail).toContain('the password is (sensitive)');
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  },
);

terraformTest('[TERRAFORM-07, L11] a secret variable of the environment is masked wherever it comes up', async () => {
  const stage = stageWith({
    'main.tf':
      'variable "SECRET_TOKEN" {\n  type = string\n}\nresource "terraform_data" "a" {\n  input = join(" ", ["token", var.SECRET_TOKEN])\n}\n',
  });
  const planned = await stage.planned([], { TF_VAR_SECRET_TOKEN: 'tok-123456' });
  expect(JSON.stringify(planned.preview)).not.toContain('tok-123456');
  expect(planned.preview.text).toContain('token (sensitive)');
  const bundle = await stage.open(planned);
  expect(bundle.manifest.environmentVariables).not.toHaveProperty('TF_VAR_SECRET_TOKEN');
  expect(canonicalJson(await stage.driver.preview(bundle))).toBe(canonicalJson(planned.preview));
  expect((await stage.execute(bundle)).kind).toBe('completed');
  expect((await stage.planAfresh(planned)).kind).toBe('empty');
  stage.write({ 'main.tf': 'resource "terraform_data" "a" {\n  count = "tok-123456"\n}\n' });
  const answer = await stage.plan([], { TF_VAR_SECRET_TOKEN: 'tok-123456' });
  expect(JSON.stringify(answer)).not.toContain('tok-123456');
});

terraformTest('[TERRAFORM-12, L13] what can not be planned is told in Terraform’s words, with its place', async () => {
  const stage = stageWith({ 'main.tf': 'resource "terraform_data" "a" {\n  input = var.nope\n}\n' });
  expect(await stage.plan()).toMatchObject({
    kind: 'unplannable',
    why: expect.stringContaining('terraform plan: Reference to undeclared input variable (main.tf:2:11)'),
    next: 'put the configuration right and propose again',
    text: expect.stringContaining('An input variable with the name "nope" has not been declared'),
  });
  stage.write({ 'main.tf': 'resource "nope_thing" "x" {}\n' });
  expect(await stage.plan()).toMatchObject({
    kind: 'unplannable',
    why: expect.stringContaining('terraform plan: Inconsistent dependency lock file'),
    next: `run \`terraform init\` in ${stage.directory}, then propose again`,
  });
});

terraformTest('[TERRAFORM-12] nothing to change is no proposal', async () => {
  const stage = stageWith({ 'main.tf': ONE });
  await stage.execute(await stage.open(await stage.planned()));
  expect(await stage.plan()).toEqual({
    kind: 'unplannable',
    why: 'there is nothing to change',
    next: 'the world is as the configuration says',
    text: '',
  });
});

terraformTest(
  '[TERRAFORM-12] a plan that would hold the path of the private copy is refused, with the resource',
  async () => {
    const stage = stageWith({ 'main.tf': 'resource "terraform_data" "a" {\n  input = abspath(path.module)\n}\n' });
    expect(await stage.plan()).toMatchObject({
      kind: 'unplannable',
      why: 'the plan holds the path of the private copy that it was made in, in terraform_data.a',
    });
  },
);

terraformTest('[TERRAFORM-12] an unreadable state is no empty one', async () => {
  const stage = stageWith({ 'main.tf': ONE, 'terraform.tfstate': '{"version": 4' });
  expect(await stage.plan()).toMatchObject({
    kind: 'unplannable',
    why: `the state in ${stage.directory}/terraform.tfstate can't be read: it is not JSON`,
  });
});

terraformTest('[TERRAFORM-13] hidden arguments are refused, by name', async () => {
  const stage = stageWith({ 'main.tf': ONE });
  expect(await stage.plan([], { TF_CLI_ARGS_plan: '-destroy', TF_CLI_ARGS: '' })).toMatchObject({
    kind: 'unplannable',
    why: 'TF_CLI_ARGS, TF_CLI_ARGS_plan in the environment adds arguments that nobody sees',
  });
  expect(await stage.plan(['-lock=false'])).toMatchObject({
    kind: 'unplannable',
    why: 'without the lock two runs can write the same state at once, and one of them is lost',
  });
});

terraformTest(
  '[TERRAFORM-05, TERRAFORM-06] destroy: everything goes, and a destroy-time provisioner is shown',
  async () => {
    const stage = stageWith({
      'main.tf': `${ONE}resource "terraform_data" "b" {
  provisioner "local-exec" {
    when    = destroy
    command = "echo bye"
  }
}`,
    });
    await stage.execute(await stage.open(await stage.planned()));
    const planned = await stage.planned(['destroy', '-auto-approve']);
    expect(planned.preview.counts.destroys).toBe(2);
    expect(planned.preview.unpredictable).toEqual([
      { address: 'terraform_data.b', what: 'local-exec', text: 'before it is destroyed: command = echo bye' },
    ]);
    expect(planned.preview.notes[0]).toMatch(/^destroys 2 and touches 2 of 2 objects/);
    expect(planned.preview.notes[1]).toBe('planned with -destroy: everything that this state manages is destroyed');
    expect(planned.preview.options).toEqual(['-destroy']);
    expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
  },
);

terraformTest('[TERRAFORM-10] modules, variable files and links of the directory are sealed and verified', async () => {
  const stage = stageWith({
    'main.tf': 'variable "v" {}\nmodule "m" {\n  source = "./modules/m"\n  v      = var.v\n}\n',
    'modules/m/main.tf':
      'variable "v" {}\nresource "terraform_data" "x" {\n  count = 2\n  input = join("-", [var.v, file(join("/", [path.module, "data.txt"]))])\n}\n',
    'modules/m/data.txt': 'data',
    'prod.tfvars': 'v = "from-file"\n',
  });
  symlinkSync('prod.tfvars', join(stage.directory, 'link.tfvars'));
  await stage.initialise();
  const planned = await stage.planned([`-var-file=${join(stage.directory, 'link.tfvars')}`]);
  expect(planned.preview.resources.map(({ address }) => address)).toEqual([
    'module.m.terraform_data.x[0]',
    'module.m.terraform_data.x[1]',
  ]);
  expect(planned.preview.notes[1]).toBe('planned with -var-file=link.tfvars');
  appendFileSync(join(stage.directory, 'prod.tfvars'), 'v = "changed"\n');
  expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
  expect((await stage.planAfresh(planned)).kind).toBe('empty');
});

terraformTest(
  '[TERRAFORM-09] the identity of a change follows its source, its options and its inputs, not its spelling',
  async () => {
    const stage = stageWith({ 'main.tf': ONE });
    const identify = async (argv: readonly string[], environment = {}): Promise<unknown> =>
      await stage.driver.identify?.({
        proposal: 'p',
        directory: stage.directory,
        argv,
        environment,
        secretVariables: [],
      });
    const plain = await identify([]);
    expect(await identify(['apply', '-auto-approve'])).toEqual(plain);
    expect(await identify(['-destroy'])).not.toEqual(plain);
    expect(await identify([], { TF_VAR_x: '1' })).not.toEqual(plain);
    expect(await identify([], { OTHER: '1' })).toEqual(plain);
    expect(await identify([], { TF_WORKSPACE: 'x' })).not.toEqual(plain);
    stage.write({ 'main.tf': ONE.replace('1', '2') });
    expect(await identify([])).not.toEqual(plain);
    symlinkSync('/etc', join(stage.directory, 'out'));
    expect(await identify([])).toMatchObject({ argv: [] });
  },
);

needs('terraform', 'sandbox')(
  '[TERRAFORM-01, SANDBOX-02, L11] in the sandbox planning works, and what is hidden stays hidden',
  async () => {
    const stage = stageWith({ 'main.tf': ONE });
    const keys = join(stage.root, 'keys');
    mkdirSync(keys);
    writeFileSync(join(keys, 'key'), 'the-private-key');
    const processes = nodeProcesses();
    const probe = await probeSandbox(processes, SEARCH_PATH);
    const scratch = stage.private('planning-');
    const sandboxed = sandboxedProcesses({ processes, probe, writable: [scratch], hidden: [keys], allowedDomains: [] });
    const driver = terraformDriver({
      ...NO_PAST,
      processes,
      sandboxed,
      files: nodeFiles(),
      hash: sha256,
      searchPath: SEARCH_PATH,
    });
    const request = { proposal: 'p', directory: stage.directory, argv: [], environment: {}, secretVariables: [] };
    const plan = async (name: string): Promise<PlanAnswer> => {
      mkdirSync(join(scratch, name));
      return await driver.plan({ ...request, scratch: join(scratch, name) });
    };
    const planned = await plan('one');
    expect(planned).toMatchObject({ kind: 'planned', preview: { counts: { creates: 1 } } });
    if (planned.kind === 'planned') expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
    stage.write({ 'main.tf': `resource "terraform_data" "a" {\n  input = file("${keys}/key")\n}\n` });
    expect(sandboxed.level).toBe('sandboxed');
    expect(await plan('two')).toMatchObject({
      kind: 'unplannable',
      why: expect.stringContaining('Invalid function argument (main.tf:2:17)'),
    });
    expect((await stage.planned()).preview.resources[0]?.attributes[0]).toMatchObject({
      path: 'input',
      after: 'the-private-key',
    });
  },
);

terraformTest(
  '[TERRAFORM-10, L3] modules and links beside the directory are part of the source, and nothing else there is',
  async () => {
    const stage = stageWith({
      'main.tf': 'module "m" {\n  source = "../modules/m"\n}\n',
      '../modules/m/main.tf': 'module "n" {\n  source = "../n"\n}\n',
      '../modules/n/main.tf':
        'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = "$PLACE/run.sh"\n    environment = { PLACE = path.module }\n  }\n}\n',
      '../modules/n/run.sh': '#!/bin/sh\necho sealed > ran\n',
      '../modules/n/terraform.tfstate': 'not part of it',
      '../modules/other/secret.txt': 'not part of it',
      '../shared/common.tf': 'resource "terraform_data" "common" {}\n',
    });
    symlinkSync('../shared/common.tf', join(stage.directory, 'common.tf'));
    await stage.initialise();
    const planned = await stage.planned();
    expect(planned.preview.resources.map(({ address }) => address)).toEqual([
      'module.m.module.n.terraform_data.x',
      'terraform_data.common',
    ]);
    expect(factOf(planned, 'terraform.directory.inside')).toBe('infra');
    const bundle = await stage.open(planned);
    const sealed = listing(join(bundle.runDirectory, 'tree')).filter((path) => !path.includes('.terraform'));
    expect(sealed).toEqual([
      'infra',
      'infra/common.tf',
      'infra/main.tf',
      'modules',
      'modules/m',
      'modules/m/main.tf',
      'modules/n',
      'modules/n/main.tf',
      'modules/n/run.sh',
      'shared',
      'shared/common.tf',
    ]);
    expect(await differences(stage, bundle)).toEqual([]);
    stage.write({ '../modules/other/secret.txt': 'changed' });
    expect(await differences(stage, bundle)).toEqual([]);
    stage.write({ '../modules/n/run.sh': '#!/bin/sh\necho swapped > ran\n' });
    expect(await differences(stage, bundle)).toEqual(['terraform.directory.digest']);
    expect(await changedFiles(stage, bundle)).toEqual({ 'terraform.directory.digest': '../modules/n/run.sh changed' });
    const outcome = await stage.execute(bundle);
    expect(outcome.kind).toBe('completed');
    expect(readFileSync(join(bundle.runDirectory, 'tree/infra/ran'), 'utf8')).toBe('sealed\n');
    expect(stage.has('terraform.tfstate')).toBe(true);
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
  },
);

terraformTest('[TERRAFORM-10] an example that uses the module above it is planned with the whole module', async () => {
  const stage = stageWith({
    'main.tf': 'resource "terraform_data" "x" {}\n',
    'examples/basic/main.tf': 'module "m" {\n  source = "../.."\n}\n',
    '.git/config': 'not part of it',
  });
  await stage.initialise('examples/basic');
  const answer = await stage.driver.plan({
    proposal: 'p',
    directory: join(stage.directory, 'examples/basic'),
    argv: [],
    environment: { PATH: SEARCH_PATH },
    secretVariables: [],
    scratch: stage.private('scratch-'),
  });
  expect(answer).toMatchObject({
    kind: 'planned',
    preview: { resources: [{ address: 'module.m.terraform_data.x' }] },
  });
});

terraformTest('[TERRAFORM-13, L13] a module outside of the repository can not be sealed', async () => {
  const stage = stageWith({
    '.git/HEAD': 'x',
    'main.tf': 'module "m" {\n  source = "../elsewhere"\n}\n',
    '../elsewhere/main.tf': '',
  });
  await expect(stage.plan()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: `${stage.root}/elsewhere lies outside of ${stage.directory} and can't be sealed`,
    where: stage.directory,
  });
  stage.write({ 'main.tf': 'module "m" {\n  source = "../../../../etc"\n}\n' });
  await expect(stage.plan()).rejects.toThrow("can't be sealed");
});

type Held = { url: string; state: string; failsOnWrite: boolean; readonly locks: string[] };

/** A state server as small as Terraform's http backend allows. */
async function stateServer(): Promise<Held> {
  const held: Held = { url: '', state: '', failsOnWrite: false, locks: [] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body } = serve(held, request.method ?? '', Buffer.concat(chunks).toString());
      response.writeHead(status).end(body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  held.url = `http://user:pass-word@127.0.0.1:${typeof address === 'object' ? address?.port : ''}/state`;
  return held;
}

function serve(held: Held, method: string, body: string): { readonly status: number; readonly body: string } {
  if (method === 'GET') return { status: held.state === '' ? 404 : 200, body: held.state };
  if (method === 'LOCK' || method === 'UNLOCK') held.locks.push(method);
  else if (held.failsOnWrite) return { status: 400, body: '' };
  else held.state = body;
  return { status: 200, body: '' };
}

function httpBackend(url: string): string {
  return `terraform {\n  backend "http" {\n    address        = "${url}"\n    lock_address   = "${url}"\n    unlock_address = "${url}"\n  }\n}\n`;
}

terraformTest(
  '[TERRAFORM-09, TERRAFORM-10, TERRAFORM-11, L11] a remote state is a fact, is locked, and its credentials stay out of sight',
  async () => {
    const server = await stateServer();
    const stage = stageWith({ 'main.tf': ONE, 'backend.tf': httpBackend(server.url) });
    await stage.initialise();
    const planned = await stage.planned();
    expect(factOf(planned, 'terraform.backend.type')).toBe('http');
    expect(factOf(planned, 'terraform.backend.path')).toEqual({ address: server.url.replace('user:pass-word@', '') });
    expect(JSON.stringify([planned.facts, planned.checks, planned.preview])).not.toContain('pass-word');
    expect(planned.argv.some((argument) => argument.startsWith('-state'))).toBe(false);
    expect(server.locks).toEqual([]);
    const bundle = await stage.open(planned);
    expect(await differences(stage, bundle)).toEqual([]);
    const outcome = await stage.execute(bundle);
    expect(outcome.because).toEqual(['every planned change was made, and counts and state agree']);
    expect(server.locks).toEqual(['LOCK', 'UNLOCK']);
    expect(await differences(stage, bundle)).toEqual([
      'terraform.state.lineage',
      'terraform.state.serial',
      'terraform.state.digest',
    ]);
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
    expect(stage.has('terraform.tfstate')).toBe(false);
  },
);

terraformTest('[TERRAFORM-02, L6] a state that can not be saved leaves errored.tfstate, and nobody knows', async () => {
  const server = await stateServer();
  const stage = stageWith({ 'main.tf': ONE, 'backend.tf': httpBackend(server.url) });
  await stage.initialise();
  const bundle = await stage.open(await stage.planned());
  server.failsOnWrite = true;
  const outcome = await new Running(stage.driver, bundle).observe();
  expect(outcome.kind).toBe('indeterminate');
  expect(outcome.because[0]).toBe(
    'Terraform could not save the state; errored.tfstate is the only copy of what it knows',
  );
  expect(existsSync(join(bundle.runDirectory, 'tree/errored.tfstate'))).toBe(true);
  expect(outcome.resources.map(({ status }) => status)).toEqual(['unknown']);
});

terraformTest(
  '[TERRAFORM-12] a backend that gives no state stops the planning, and is not taken for an empty one',
  async () => {
    const stage = stageWith({ 'main.tf': ONE, 'backend.tf': httpBackend('http://127.0.0.1:9/state') });
    mkdirSync(join(stage.directory, '.terraform'));
    const record = { version: 3, backend: { type: 'http', config: { address: 'http://127.0.0.1:9/state' }, hash: 1 } };
    writeFileSync(join(stage.directory, '.terraform/terraform.tfstate'), JSON.stringify(record));
    await expect(stage.plan()).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: 'the http backend does not give its state',
    });
    record.backend.type = 'cloud';
    writeFileSync(join(stage.directory, '.terraform/terraform.tfstate'), JSON.stringify(record));
    expect(await stage.plan()).toMatchObject({
      kind: 'unplannable',
      why: `the backend "cloud" of ${stage.directory} runs Terraform itself`,
    });
    writeFileSync(join(stage.directory, '.terraform/terraform.tfstate'), 'nope');
    await expect(stage.plan()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      hint: 'run `terraform init` in the directory',
    });
  },
);

terraformTest(
  '[TERRAFORM-17, L11] a secret variable that says which state is meant is refused when planned, and at the runner too',
  async () => {
    const stage = stageWith({ 'main.tf': ONE });
    const sealed = stage.seal(await stage.planned());
    stage.write({
      '.terraform/terraform.tfstate': JSON.stringify({ backend: { type: 'pg', config: { conn_str: 'dbname=tf' } } }),
    });
    const answer = await stage.driver.plan({
      proposal: 'p1',
      directory: stage.directory,
      argv: [],
      environment: { PG_SCHEMA_NAME: 'team' },
      secretVariables: ['PG_SCHEMA_NAME'],
      scratch: stage.private('scratch-'),
    });
    expect(answer).toEqual({
      kind: 'unplannable',
      why: 'PG_SCHEMA_NAME is secret, and could decide which state is changed',
      next: 'give it with --env: it says which state is meant',
      text: '',
    });
    const older = { ...sealed.manifest, secretVariables: ['TF_WORKSPACE'] };
    await expect(stage.driver.probe(older, sealed.blobs)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'TF_WORKSPACE is secret, and could decide which state is changed',
      hint: 'propose it again: give it with --env: it says which state is meant',
    });
  },
);

const EPHEMERAL =
  'variable "token" {\n  ephemeral = true\n  type = string\n}\nresource "terraform_data" "x" {\n  input = "one"\n  provisioner "local-exec" {\n    command = "test \\"$T\\" = hunter2"\n    environment = { T = var.token }\n  }\n}\n';

terraformTest(
  '[TERRAFORM-13, TERRAFORM-10] an ephemeral value that no plan holds is asked for in the environment, where it is there when the plan runs',
  async () => {
    const stage = stageWith({ 'main.tf': EPHEMERAL });
    await stage.initialise();
    const lost = (option: string): object => ({
      kind: 'unplannable',
      why: `the variable token is ephemeral: no plan holds what ${option} says of it, and the plan would run with another value or not at all`,
      next: `give it by --secret-env TF_VAR_token, which is sealed for the run, and not by ${option}`,
    });
    expect(await stage.plan(['-var=token=hunter2'])).toMatchObject(lost('-var'));
    // Terraform plans with the option and would run with the environment, without a word.
    const other = { TF_VAR_token: 'other' };
    expect(await stage.plan(['-var=token=hunter2'], other)).toMatchObject(lost('-var'));
    stage.write({ 'prod.tfvars': 'token = "hunter2"\n' });
    expect(await stage.plan(['-var-file=prod.tfvars'], other)).toMatchObject(lost('-var-file=prod.tfvars'));
    stage.write({ 'prod.tfvars': '# token\n' });
    expect(await stage.plan(['-var-file=prod.tfvars'], other)).toMatchObject(lost('-var-file=prod.tfvars'));
    // With a default it stands in the plan like any other variable.
    stage.write({ 'main.tf': EPHEMERAL.replace('type', 'default = "none"\n  type') });
    expect(await stage.plan(['-var=token=hunter2'], other)).toMatchObject(lost('-var'));
    stage.write({ 'main.tf': EPHEMERAL, 'prod.tfvars': '' });
    const planned = await stage.planned(['-var-file=prod.tfvars'], { TF_VAR_token: 'hunter2' });
    expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
    stage.write({ 'terraform.tfvars': 'token = "hunter2"\n', 'main.tf': EPHEMERAL.replace('"one"', '"two"') });
    const again = await stage.planned();
    expect((await stage.execute(await stage.open(again))).kind).toBe('completed');
  },
);
