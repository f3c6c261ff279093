/** What the preview says of real plans, beside what the real Terraform then does. */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect } from 'vitest';
import type { Preview } from '../../src/kernel/index.ts';
import { planPreview } from '../../src/tools/terraform/plan-preview.ts';
import { readPlan } from '../../src/tools/terraform/read-plan.ts';
import { sensitiveValues } from '../../src/tools/terraform/sensitive-values.ts';
import { ChaosStage } from '../support/chaos-provider/chaos-stage.ts';
import { type Planned, TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const stages: TerraformStage[] = [];

afterEach(() => {
  for (const stage of stages.splice(0)) stage.strike();
});

function stageWith(files: Readonly<Record<string, string>>): TerraformStage {
  const stage = new TerraformStage(files);
  stages.push(stage);
  return stage;
}

/** What can't be foreseen, a line each. */
const holes = ({ unpredictable }: Preview): readonly string[] =>
  unpredictable.map(({ address, what, text }) => `${what} at ${address}: ${text}`);

/** The sealed plan's preview, made again from the bundle alone as a runner does, which must be the same. */
async function anew(stage: TerraformStage, planned: Planned): Promise<Preview> {
  const bundle = await stage.open(planned);
  return await stage.driver.preview(bundle);
}

const MARKED = (log: string): Readonly<Record<string, string>> => ({
  'main.tf': `module "m" {
  source = "./mod"
}
resource "terraform_data" "json_too" {
  input = "}"
}
`,
  'mod/main.tf': `# provisioner "local-exec" { when = destroy }
resource "terraform_data" "a" {
  connection {
    host     = "h.example"
    user     = "deploy"
    password = "hunter2-of-the-connection"
  }
  provisioner "local-exec" {
    command = "echo made >> ${log}"
  }
  provisioner "local-exec" {
    when       = destroy # a remark
    on_failure = continue
    command    = "echo gone >> ${log}; exit 7"
  }
}
`,
  'extra.tf.json': JSON.stringify({
    resource: {
      terraform_data: {
        from_json: {
          provisioner: [{ 'local-exec': { command: `echo json >> ${log}`, when: 'destroy' } }],
        },
      },
    },
  }),
});

terraformTest(
  '[TERRAFORM-24, TERRAFORM-06, L3] provisioners are listed where they run, in modules and JSON too, and those run that were listed',
  async () => {
    const stage = stageWith({});
    const log = join(stage.root, 'log');
    stage.write(MARKED(log));
    await stage.initialise();
    const made = await stage.planned();
    expect(holes(made.preview)).toEqual([
      `local-exec at module.m.terraform_data.a: after it is created: command = echo made >> ${log}`,
    ]);
    expect(await anew(stage, made)).toEqual(made.preview);
    await stage.execute(await stage.open(made));
    expect(readFileSync(log, 'utf8')).toBe('made\n');

    const gone = await stage.planned(['-destroy']);
    expect([...holes(gone.preview)].sort()).toEqual([
      `local-exec at module.m.terraform_data.a: before it is destroyed, and Terraform goes on and reports no failure when it fails: command = echo gone >> ${log}; exit 7`,
      `local-exec at terraform_data.from_json: before it is destroyed: command = echo json >> ${log}`,
    ]);
    expect(await anew(stage, gone)).toEqual(gone.preview);
    // Its failure is passed over: the apply itself says that all went well.
    expect((await stage.execute(await stage.open(gone))).kind).toBe('completed');
    expect(readFileSync(log, 'utf8').split('\n').sort()).toEqual(['', 'gone', 'json', 'made']);
  },
);

terraformTest('[TERRAFORM-24] an override file has the last word, as Terraform merges them', async () => {
  const provisioner = (command: string, when: string): string =>
    `resource "terraform_data" "a" {\n  provisioner "local-exec" {\n    command = "${command}"\n${when}  }\n}\n`;
  const stage = stageWith({
    'a_override.tf': provisioner('true second', '    when = destroy\n'),
    'main.tf': provisioner('true first', ''),
  });
  const { preview } = await stage.planned();
  expect(holes(preview)).toEqual([]);
  await stage.execute(await stage.open(await stage.planned()));
  expect(holes((await stage.planned(['-destroy'])).preview)).toEqual([
    'local-exec at terraform_data.a: before it is destroyed: command = true second',
  ]);
});

terraformTest(
  '[TERRAFORM-24, TERRAFORM-05] a removed block: its provisioner is listed when the object is destroyed; one that is only forgotten is said to stay',
  async () => {
    const stage = stageWith({});
    const log = join(stage.root, 'log');
    stage.write({ 'main.tf': 'resource "terraform_data" "a" {}\nresource "terraform_data" "b" {}\n' });
    await stage.execute(await stage.open(await stage.planned()));
    stage.write({
      'main.tf': `removed {
  from = terraform_data.a
  lifecycle { destroy = true }
  provisioner "local-exec" {
    when    = destroy
    command = "echo \${self.id} >> ${log}"
  }
}
removed {
  from = terraform_data.b
  lifecycle { destroy = false }
}
`,
    });
    const planned = await stage.planned();
    expect(holes(planned.preview)).toEqual([
      `local-exec at terraform_data.a: before it is destroyed: command = (computed: "echo \${self.id} >> ${log}")`,
    ]);
    expect(planned.preview.resources.map(({ address, action, reason }) => [address, action, reason])).toEqual([
      [
        'terraform_data.a',
        'delete',
        'its resource is no longer in the configuration; delete_because_no_resource_config',
      ],
      [
        'terraform_data.b',
        'forget',
        'its resource is no longer in the configuration; delete_because_no_resource_config, no longer managed, not destroyed',
      ],
    ]);
    expect(existsSync(log)).toBe(false);
    await stage.execute(await stage.open(planned));
    expect(existsSync(log)).toBe(true);
  },
);

terraformTest(
  '[TERRAFORM-25, L3] whose state is read is said, before and when only the change itself can read it',
  async () => {
    const stage = stageWith({});
    const other = join(stage.root, 'other.tfstate');
    writeFileSync(
      other,
      '{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","outputs":{},"resources":[]}',
    );
    stage.write({
      'main.tf': `variable "path" {
  default = "${other}"
}
data "terraform_remote_state" "now" {
  backend   = "local"
  config    = { path = var.path }
}
resource "terraform_data" "a" {}
data "terraform_remote_state" "later" {
  backend = "local"
  config  = { path = "\${terraform_data.a.id}.tfstate" }
}
`,
    });
    const planned = await stage.planned();
    expect(holes(planned.preview)).toEqual([
      `terraform_remote_state at data.terraform_remote_state.later: asked only while this runs, so what it answers is not known: reads the state of local at a place that is not known yet`,
      `terraform_remote_state at data.terraform_remote_state.now: asked while planning: reads the state of local at {"path":"${other}"}`,
    ]);
    expect(await anew(stage, planned)).toEqual(planned.preview);
    expect(planned.preview.resources.map(({ address, action, reason }) => [address, action, reason])).toEqual([
      ['terraform_data.a', 'create', undefined],
      [
        'data.terraform_remote_state.later',
        'read',
        'what it asks for is known only during the change; read_because_config_unknown',
      ],
    ]);
  },
);

/** Rows of a preview: action, address and why. */
const rowsOf = ({ resources }: Preview): readonly string[] =>
  resources.map(({ address, action, reason }) => `${action} ${address}${reason === undefined ? '' : `: ${reason}`}`);

terraformTest(
  '[TERRAFORM-05] why Terraform replaces, deletes or reads: each reason as the real Terraform gives it',
  async () => {
    const stage = stageWith({
      'main.tf': `module "gone" {
  source = "./mod"
}
module "counted" {
  source = "./mod"
  count  = 2
}
resource "terraform_data" "counted" {
  count = 2
}
resource "terraform_data" "each" {
  for_each = toset(["k", "l"])
}
resource "terraform_data" "single" {}
resource "terraform_data" "source" {
  input = 1
}
resource "terraform_data" "triggered" {
  lifecycle { replace_triggered_by = [terraform_data.source] }
}
resource "terraform_data" "forced" {
  triggers_replace = 1
}
resource "terraform_data" "asked" {}
resource "terraform_data" "moved" {
  input = "old"
}
resource "terraform_data" "tainted" {}
`,
      'mod/main.tf': 'resource "terraform_data" "in_module" {}\n',
    });
    await stage.initialise();
    await stage.execute(await stage.open(await stage.planned()));
    stage.write({
      'terraform.tfstate': tainted(stage.read('terraform.tfstate'), 'tainted'),
      'main.tf': `module "counted" {
  source = "./mod"
  count  = 1
}
resource "terraform_data" "counted" {
  count = 1
}
resource "terraform_data" "each" {
  for_each = toset(["k"])
}
resource "terraform_data" "single" {
  for_each = toset(["x"])
}
resource "terraform_data" "source" {
  input = 2
}
resource "terraform_data" "triggered" {
  lifecycle { replace_triggered_by = [terraform_data.source] }
}
resource "terraform_data" "forced" {
  triggers_replace = 2
}
resource "terraform_data" "asked" {}
resource "terraform_data" "moved_to" {
  input = "new"
}
moved {
  from = terraform_data.moved
  to   = terraform_data.moved_to
}
resource "terraform_data" "tainted" {}
data "terraform_remote_state" "waits" {
  backend    = "local"
  config     = { path = "x.tfstate" }
  depends_on = [terraform_data.source]
}
`,
    });
    await stage.initialise();
    const planned = await stage.planned(['-replace=terraform_data.asked']);
    expect(rowsOf(planned.preview)).toEqual([
      'delete module.counted[1].terraform_data.in_module: its module, or this instance of it, is no longer in the configuration; delete_because_no_module',
      'delete module.gone.terraform_data.in_module: its resource is no longer in the configuration; delete_because_no_resource_config',
      'delete terraform_data.counted[1]: its index is beyond count; delete_because_count_index',
      'delete terraform_data.each["l"]: its key is no longer in for_each; delete_because_each_key',
      'delete terraform_data.single: count or for_each was added to its resource, or taken away; delete_because_wrong_repetition',
      'replace terraform_data.asked: somebody asked for it with -replace; replace_by_request',
      'replace terraform_data.forced: a changed attribute can not be changed in place; replace_because_cannot_update',
      'replace terraform_data.tainted: it was left half made, or somebody marked it so; replace_because_tainted',
      'replace terraform_data.triggered: something in its replace_triggered_by changes; replace_by_triggers',
      'create terraform_data.single["x"]',
      'update terraform_data.moved_to: moved from terraform_data.moved',
      'update terraform_data.source',
      'read data.terraform_remote_state.waits: something that it depends on changes first; read_because_dependency_pending',
    ]);
    expect(planned.preview.notes[0]).toBe('destroys 9 and touches 12 of 15 objects, 1 of 1 providers, 3 of 3 modules');
    expect(await anew(stage, planned)).toEqual(planned.preview);
  },
);

/** A state in which one object is marked as tainted. */
function tainted(text: string, name: string): string {
  // The state was written by Terraform itself.
  const state = JSON.parse(text) as { resources: { name: string; instances: { status?: string }[] }[] };
  for (const instance of state.resources.find((resource) => resource.name === name)?.instances ?? []) {
    instance.status = 'tainted';
  }
  return JSON.stringify(state);
}

terraformTest(
  '[TERRAFORM-07, L11] ephemeral and sensitive values, and a sensitive output: nothing of them is shown',
  async () => {
    const stage = stageWith({
      'main.tf': `variable "SECRET_token" {
  type      = string
  ephemeral = true
  sensitive = true
}
variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2-of-old"
}
locals {
  header = "Bearer \${var.SECRET_token}"
}
resource "terraform_data" "a" {
  input = { name = "open", password = var.password }
  provisioner "local-exec" {
    command     = "true"
    environment = { HEADER = local.header }
  }
}
output "secret" {
  value     = "prefix-\${var.password}"
  sensitive = true
}
`,
    });
    const planned = await stage.planned(['-var=password=hunter4-new'], { TF_VAR_SECRET_token: 'hunter3-ephemeral' });
    const everything = JSON.stringify(planned.preview);
    for (const secret of ['hunter2', 'hunter3', 'hunter4']) expect(everything).not.toContain(secret);
    expect(planned.preview.notes).toContain('output secret: create (sensitive)');
    expect(holes(planned.preview)).toEqual([
      expect.stringMatching(/^local-exec at terraform_data\.a: after it is created: /),
    ]);
    expect(await anew(stage, planned)).toEqual(planned.preview);
  },
);

terraformTest(
  '[TERRAFORM-05] an object that an interrupted replacement left behind is told apart; one that is imported and changed at once says both',
  async () => {
    const stage = new ChaosStage();
    await stage.settle(
      'resource "chaos_thing" "a" {\n  name = "one"\n  zone = "x"\n  lifecycle { create_before_destroy = true }\n  destroy_mode = "quota"\n}\n',
    );
    stage.write(
      'resource "chaos_thing" "a" {\n  name = "one"\n  zone = "y"\n  destroy_mode = "quota"\n  lifecycle { create_before_destroy = true }\n}\n',
    );
    expect((await stage.terraform('apply', '-auto-approve')).code).toBe(1);
    const foreign = stage.cloud.create({
      name: 'foreign',
      size: null,
      zone: null,
      password: 'hunter2-imported',
      mode: null,
      destroy_mode: null,
    });
    stage.write(`resource "chaos_thing" "a" {
  name         = "one"
  zone         = "y"
  destroy_mode = "quota"
  lifecycle { create_before_destroy = true }
}
resource "chaos_thing" "b" {
  name     = "changed"
  password = "hunter3-changed"
}
import {
  to = chaos_thing.b
  id = "${foreign.id}"
}
`);
    expect((await stage.terraform('plan', '-out=p')).code).toBe(0);
    const { stdout } = await promisify(execFile)('terraform', ['show', '-json', 'p'], {
      cwd: stage.directory,
      env: { PATH: process.env['PATH'] ?? '', HOME: stage.root, TF_CLI_CONFIG_FILE: '/dev/null' },
    });
    const plan = readPlan(new TextEncoder().encode(stdout));
    const secrets = sensitiveValues(plan);
    const source = { plan, humanText: '', secrets, provisioned: [], unpredictable: [], notes: [], options: [] };
    const preview = planPreview(source);
    expect(rowsOf(preview)).toEqual([
      expect.stringMatching(/^delete chaos_thing\.a \(deposed [0-9a-f]{8}\)$/),
      `update chaos_thing.b: imported as ${foreign.id}`,
    ]);
    expect(preview.resources[1]?.attributes.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['name', 'foreign', 'changed'],
      ['password', '(sensitive)', '(sensitive)'],
    ]);
    expect(preview.notes[0]).toBe('destroys 1 and touches 2 of 2 objects, 1 of 1 providers, 1 of 1 modules');
    expect(JSON.stringify(preview)).not.toContain('hunter');
  },
);
