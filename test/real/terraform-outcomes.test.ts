/** What becomes of an apply, on the real Terraform: every way to end half-way that was found by experiment. */

import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import type { Outcome } from '../../src/kernel/index.ts';
import type { OpenedBundle } from '../../src/tools/index.ts';
import { type Running, TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const stages: TerraformStage[] = [];
const runs: Running[] = [];

afterEach(() => {
  for (const run of runs.splice(0)) run.reap();
  for (const stage of stages.splice(0)) stage.strike();
});

function stageWith(files: Readonly<Record<string, string>>): TerraformStage {
  const stage = new TerraformStage(files);
  stages.push(stage);
  return stage;
}

function start(stage: TerraformStage, bundle: OpenedBundle): Running {
  const running = stage.start(bundle);
  runs.push(running);
  return running;
}

function rows(outcome: Outcome): readonly string[] {
  return outcome.resources.map(({ address, action, status }) => `${address} ${action} ${status}`);
}

/** Four resources in a row; the command of each is given. */
function chain(...commands: readonly string[]): string {
  return commands
    .map((command, index) => {
      const before = index === 0 ? '' : `depends_on = [terraform_data.r${index}]`;
      return `
resource "terraform_data" "r${index + 1}" {
  ${before}
  provisioner "local-exec" {
    command = ${JSON.stringify(command)}
  }
}`;
    })
    .join('\n');
}

terraformTest('[TERRAFORM-02, L6] an apply that does everything is completed, and a fresh plan is empty', async () => {
  const stage = stageWith({ 'main.tf': chain('true', 'true') });
  const planned = await stage.planned();
  const outcome = await stage.execute(await stage.open(planned));
  expect(outcome.kind).toBe('completed');
  expect(outcome.because).toEqual(['every planned change was made, and counts and state agree']);
  expect(rows(outcome)).toEqual(['terraform_data.r1 create done', 'terraform_data.r2 create done']);
  expect(outcome.resources.every(({ id }) => /^[0-9a-f-]{36}$/.test(id ?? ''))).toBe(true);
  expect(outcome.end).toEqual({ kind: 'exited', code: 0 });
  expect((await stage.planAfresh(planned)).kind).toBe('empty');
});

terraformTest(
  '[TERRAFORM-02, TERRAFORM-03, L6] an apply that fails at the third of four is partial, row by row',
  async () => {
    const stage = stageWith({
      'main.tf': chain('true', 'true', 'echo ran > side-effect; exit 7', 'true'),
    });
    const bundle = await stage.open(await stage.planned());
    const outcome = await stage.execute(bundle);
    expect(outcome.kind).toBe('partial');
    expect(rows(outcome)).toEqual([
      'terraform_data.r1 create done',
      'terraform_data.r2 create done',
      'terraform_data.r3 create tainted',
      'terraform_data.r4 create not-attempted',
    ]);
    expect(outcome.resources[2]?.detail).toContain(
      'local-exec provisioner error (main.tf:18:28): Error running command',
    );
    expect(outcome.because.slice(1)).toEqual([
      'made and left broken (tainted): terraform_data.r3',
      'not begun: terraform_data.r4',
    ]);
    expect(outcome.resources[2]?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(existsSync(join(bundle.runDirectory, 'tree/side-effect'))).toBe(true);
    expect(stage.has('side-effect')).toBe(false);
  },
);

terraformTest('[TERRAFORM-02, L6] the same plan again ends with 1 as before, and is no partial', async () => {
  const stage = stageWith({ 'main.tf': chain('true', 'exit 7') });
  const planned = await stage.planned();
  expect((await stage.execute(await stage.open(planned))).kind).toBe('partial');
  const again = await stage.execute(await stage.open(planned));
  // The state is no longer the sealed one: that alone forbids to say "no effect" of this execution.
  expect(again.kind).toBe('indeterminate');
  expect(again.because.join('\n')).toContain('Saved plan is stale');
  const fresh = await stage.planned();
  const raced = await stage.open(fresh);
  expect((await stage.execute(raced)).kind).toBe('partial');
});

terraformTest('[TERRAFORM-02, L6] a lock that somebody else holds means no effect', async () => {
  const stage = stageWith({ 'main.tf': chain('sleep 60') });
  const planned = await stage.planned();
  const first = start(stage, await stage.open(planned));
  await first.until('"type":"provision_progress"');
  const bundle = await stage.open(planned);
  const command = stage.driver.command(bundle);
  expect(command.args).toContain('-lock-timeout=30s');
  const impatient = {
    ...stage.driver,
    command: () => ({ ...command, args: command.args.map((arg) => arg.replace('30s', '0s')) }),
  };
  const { Running } = await import('../tools/terraform/terraform-stage.ts');
  const outcome = await new Running(impatient, bundle).observe();
  expect(outcome.kind).toBe('no-effect');
  expect(outcome.because[0]).toContain('Error acquiring the state lock');
  expect(rows(outcome)).toEqual(['terraform_data.r1 create not-attempted']);
  first.signal('SIGTERM');
  await first.observe();
});

terraformTest(
  '[TERRAFORM-02, TERRAFORM-03, L5, L6] kill -9 in the second of two: what began is unknown, and nobody says done',
  async () => {
    const stage = stageWith({ 'main.tf': chain('true', 'sleep 60') });
    const running = start(stage, await stage.open(await stage.planned()));
    await running.until('terraform_data.r2: (local-exec): Executing');
    running.signal('SIGKILL');
    const outcome = await running.observe();
    expect(outcome.kind).toBe('indeterminate');
    expect(outcome.because).toContain('Terraform was killed by SIGKILL');
    expect(outcome.because).toContain('terraform_data.r2 began and never ended');
    expect(rows(outcome)).toEqual(['terraform_data.r1 create done', 'terraform_data.r2 create unknown']);
  },
);

terraformTest('[TERRAFORM-02, L6] kill -9 in the first resource leaves an empty state and an unknown row', async () => {
  const stage = stageWith({ 'main.tf': chain('sleep 60', 'true') });
  const running = start(stage, await stage.open(await stage.planned()));
  await running.until('terraform_data.r1: (local-exec): Executing');
  running.signal('SIGKILL');
  const outcome = await running.observe();
  expect(outcome.kind).toBe('indeterminate');
  expect(rows(outcome)).toEqual(['terraform_data.r1 create unknown', 'terraform_data.r2 create not-attempted']);
  expect(stage.read('terraform.tfstate')).toBe('');
});

terraformTest(
  '[TERRAFORM-02, TERRAFORM-03] SIGTERM stops Terraform between resources, and the rest was not attempted',
  async () => {
    const stage = stageWith({ 'main.tf': chain('true', 'sleep 60', 'true') });
    const running = start(stage, await stage.open(await stage.planned()));
    await running.until('terraform_data.r2: (local-exec): Executing');
    running.signal('SIGTERM');
    const outcome = await running.observe();
    expect(outcome.kind).toBe('partial');
    expect(outcome.end).toEqual({ kind: 'exited', code: 1 });
    expect(rows(outcome)).toEqual([
      'terraform_data.r1 create done',
      'terraform_data.r2 create tainted',
      'terraform_data.r3 create not-attempted',
    ]);
  },
);

terraformTest(
  '[TERRAFORM-02, L6] a postcondition that fails afterwards is partial, though every resource was made',
  async () => {
    const stage = stageWith({
      'main.tf': `
resource "terraform_data" "a" {
  input = "x"
  lifecycle {
    postcondition {
      condition     = self.output == "y"
      error_message = "it is not y"
    }
  }
}`,
    });
    const outcome = await stage.execute(await stage.open(await stage.planned()));
    expect(outcome.kind).toBe('partial');
    expect(rows(outcome)).toEqual(['terraform_data.a create done']);
    expect(outcome.because).toEqual([
      'Terraform ended with 1: Resource postcondition failed (main.tf:6:23)',
      'every planned change was made before the error',
    ]);
  },
);

terraformTest(
  '[TERRAFORM-11, L7] a failing check block: the apply is completed, and the fresh plan is not empty',
  async () => {
    const stage = stageWith({
      'main.tf': `
resource "terraform_data" "a" {
  input = "x"
}
check "healthy" {
  assert {
    condition     = terraform_data.a.output == "y"
    error_message = "it is not y"
  }
}`,
    });
    const planned = await stage.planned();
    expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
    expect(await stage.planAfresh(planned)).toMatchObject({
      kind: 'changes',
      resources: [],
      outputs: [],
      failedChecks: ['check.healthy'],
      notReplaced: [],
      otherObjects: [],
    });
  },
);

terraformTest(
  '[TERRAFORM-02, L6] a state that vanished under the apply is indeterminate, whatever Terraform says',
  async () => {
    const home = 'rm -rf "$STATE_HOME"';
    const stage = stageWith({ 'main.tf': chain(home, 'true') });
    const state = join(stage.root, 'elsewhere');
    stage.write({ 'backend.tf': `terraform {\n  backend "local" {\n    path = "${state}/s.tfstate"\n  }\n}\n` });
    mkdirSync(state);
    await stage.initialise();
    const outcome = await stage.execute(await stage.open(await stage.planned([], { STATE_HOME: state })));
    expect(outcome.end).toEqual({ kind: 'exited', code: 0 });
    expect(outcome.kind).toBe('indeterminate');
    expect(outcome.because).toContain('there is no state afterwards');
  },
);

terraformTest(
  '[TERRAFORM-02, TERRAFORM-03] moves, imports, forgettings and replacements are counted as Terraform counts them',
  async () => {
    const before = ['old', 'gone', 'forgotten', 'upd'].map(
      (name) => `resource "terraform_data" "${name}" {\n  input = 1\n}\n`,
    );
    const cbd = (version: number): string => `
resource "terraform_data" "cbd" {
  triggers_replace = [${version}]
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "each" {
  for_each = toset(["a.b", "q\\"x", "d$\${x}", "ü\\n"])
  input    = ${version}
}
`;
    const stage = stageWith({ 'main.tf': before.join('') + cbd(1) });
    expect((await stage.execute(await stage.open(await stage.planned()))).kind).toBe('completed');
    stage.write({
      'main.tf': `
resource "terraform_data" "new" {
  input = 1
}
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}
import {
  to = terraform_data.imp
  id = "imported-id"
}
resource "terraform_data" "imp" {}
resource "terraform_data" "upd" {
  input = 2
}
${cbd(2)}`,
    });
    const planned = await stage.planned();
    expect(planned.preview.counts).toEqual({ destroys: 2, replaces: 1, creates: 0, updates: 5, runs: 0, others: 3 });
    expect(planned.preview.resources.map(({ address, action, reason }) => [address, action, reason])).toEqual([
      [
        'terraform_data.gone',
        'delete',
        'its resource is no longer in the configuration; delete_because_no_resource_config',
      ],
      [
        'terraform_data.cbd',
        'replace',
        'a changed attribute can not be changed in place; replace_because_cannot_update',
      ],
      ['terraform_data.each["a.b"]', 'update', undefined],
      ['terraform_data.each["d$${x}"]', 'update', undefined],
      ['terraform_data.each["q\\"x"]', 'update', undefined],
      ['terraform_data.each["ü\\n"]', 'update', undefined],
      ['terraform_data.upd', 'update', undefined],
      [
        'terraform_data.forgotten',
        'forget',
        'its resource is no longer in the configuration; delete_because_no_resource_config, no longer managed, not destroyed',
      ],
      ['terraform_data.new', 'move', 'moved from terraform_data.old'],
      ['terraform_data.imp', 'import', 'imported as imported-id'],
    ]);
    const outcome = await stage.execute(await stage.open(planned));
    expect(outcome.because).toEqual(['every planned change was made, and counts and state agree']);
    expect(outcome.kind).toBe('completed');
    expect(new Set(outcome.resources.map(({ status }) => status))).toEqual(new Set(['done']));
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
  },
);

terraformTest('[TERRAFORM-03] a replacement that destroyed and could not create again is told as such', async () => {
  const stage = stageWith({ 'main.tf': 'resource "terraform_data" "a" {\n  triggers_replace = [1]\n}\n' });
  expect((await stage.execute(await stage.open(await stage.planned()))).kind).toBe('completed');
  stage.write({
    'main.tf': `
resource "terraform_data" "a" {
  triggers_replace = [2]
  provisioner "local-exec" {
    command = "exit 9"
  }
}`,
  });
  const outcome = await stage.execute(await stage.open(await stage.planned()));
  expect(outcome.kind).toBe('partial');
  expect(rows(outcome)).toEqual(['terraform_data.a replace tainted']);
});

terraformTest(
  '[TERRAFORM-11, L7] -replace: a fresh plan is silent about it, so the old object itself is asked for',
  async () => {
    const stage = stageWith({ 'main.tf': 'resource "terraform_data" "a" {\n  input = 1\n}\n' });
    expect((await stage.execute(await stage.open(await stage.planned()))).kind).toBe('completed');
    const planned = await stage.planned(['-replace=terraform_data.a']);
    expect(await stage.planAfresh(planned)).toMatchObject({
      kind: 'changes',
      resources: [],
      notReplaced: ['terraform_data.a'],
    });
    expect((await stage.execute(await stage.open(planned))).kind).toBe('completed');
    expect((await stage.planAfresh(planned)).kind).toBe('empty');
  },
);

terraformTest(
  '[TERRAFORM-11, TERRAFORM-01] looking afresh has a stable answer and touches neither state nor lock',
  async () => {
    const stage = stageWith({ 'main.tf': chain('true') });
    const planned = await stage.planned();
    const first = await stage.planAfresh(planned);
    const second = await stage.planAfresh(planned);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ kind: 'changes', resources: [{ address: 'terraform_data.r1', action: 'create' }] });
    expect(stage.has('terraform.tfstate')).toBe(false);
    await stage.execute(await stage.open(planned));
    const state = stage.read('terraform.tfstate');
    await stage.planAfresh(planned);
    expect(stage.read('terraform.tfstate')).toBe(state);
    expect(stage.has('.terraform')).toBe(false);
    writeFileSync(join(stage.directory, 'terraform.tfstate'), '{"version": 4');
    expect(await stage.planAfresh(planned)).toMatchObject({ kind: 'failed' });
  },
);

terraformTest(
  '[TERRAFORM-02, L6] an outcome without the sealed plan, or without a readable state, is indeterminate',
  async () => {
    const stage = stageWith({ 'main.tf': chain('true') });
    const bundle = await stage.open(await stage.planned());
    const running = start(stage, bundle);
    await running.observe();
    const trace = {
      end: { kind: 'exited', code: 0 },
      stdout: new TextEncoder().encode(running.output),
      stderr: new Uint8Array(),
      survivors: 0,
    } as const;
    expect((await stage.driver.observe(bundle, trace)).kind).toBe('completed');
    expect((await stage.driver.observe(bundle, { ...trace, survivors: 1 })).because).toEqual([
      '1 of its processes went on when Terraform had ended',
    ]);
    appendFileSync(join(stage.directory, 'terraform.tfstate'), '}');
    const unreadable = await stage.driver.observe(bundle, trace);
    expect(unreadable).toMatchObject({
      kind: 'indeterminate',
      because: ['the state afterwards can not be read: it is not JSON'],
      resources: [{ status: 'unknown' }],
    });
    rmSync(join(stage.directory, 'terraform.tfstate'));
    expect((await stage.driver.observe(bundle, trace)).kind).toBe('indeterminate');
    rmSync(join(bundle.runDirectory, 'plan.json'));
    expect((await stage.driver.observe(bundle, trace)).because[0]).toContain(
      'the sealed plan can not be read any more',
    );
  },
);
