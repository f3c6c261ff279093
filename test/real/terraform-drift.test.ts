/** The world moves between approval and execution: real Terraform, and a cloud that is edited by hand. */

import { existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FactDifference } from '../../src/kernel/index.ts';
import { type ChaosLoop, chaosLoop } from '../support/chaos-provider/chaos-loop.ts';
import { Cloud } from '../support/chaos-provider/cloud.ts';
import { CHAOS_REQUIRED, installChaosProvider } from '../support/chaos-provider/install-provider.ts';
import { afterwards } from '../support/temporary.ts';
import { TerraformStage } from '../tools/terraform/terraform-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const loopTest = needs('terraform', 'ssh-keygen');

const ONE = 'resource "chaos_thing" "a" {\n  name = "one"\n  size = 1\n  password = "hunter2"\n}\n';
const TWO = ONE.replace('size = 1', 'size = 2');
const OTHER = 'resource "chaos_thing" "o" {\n  name = "o"\n}\n';
const ALL = 'data "chaos_things" "all" {}\n';

/** The driver over a world of things, without the loop around it. */
class DriftStage {
  readonly stage = new TerraformStage({});
  readonly cloud = new Cloud(join(this.stage.root, 'cloud'));
  readonly environment = { HOME: join(this.stage.root, 'home') };

  constructor() {
    afterwards(() => this.stage.strike());
    mkdirSync(this.environment.HOME);
    installChaosProvider(this.environment.HOME, this.cloud.directory);
  }

  /** Makes the world what a configuration says. */
  async settle(configuration: string): Promise<void> {
    this.configure(configuration);
    await this.stage.initialise('.', this.environment);
    expect((await this.stage.execute(await this.seal())).kind).toBe('completed');
  }

  configure(configuration: string): void {
    this.stage.write({ 'main.tf': `${CHAOS_REQUIRED}${configuration}` });
  }

  async seal(...argv: readonly string[]): ReturnType<TerraformStage['open']> {
    return await this.stage.open(await this.stage.planned(argv, this.environment));
  }

  /** Changes what only the provider says of a thing. */
  setCreation(name: string, creation: number): void {
    const world = this.cloud.read();
    const things = world.things.map((thing) => (thing.attributes['name'] === name ? { ...thing, creation } : thing));
    writeFileSync(this.cloud.path, JSON.stringify({ ...world, things }));
  }

  async drift(bundle: Awaited<ReturnType<DriftStage['seal']>>): Promise<readonly FactDifference[]> {
    const found = await this.stage.driver.drift(bundle);
    expect(existsSync(join(bundle.runDirectory, 'afresh'))).toBe(false);
    return found;
  }
}

/** Every file below a directory with its size and when it was written. */
function listing(directory: string): readonly string[] {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return paths.map((path) => {
    const { size, mtimeMs } = lstatSync(join(directory, path));
    return `${path} ${size} ${mtimeMs}`;
  });
}

function differs(name: string, sealed: string | undefined, found: string): readonly FactDifference[] {
  return [{ name: `terraform.object chaos_thing.${name}`, sealed, found }];
}

terraformTest(
  '[TERRAFORM-18, L3, L11] an object that was changed, deleted, made again or put right by hand is named, without a value',
  async () => {
    const world = new DriftStage();
    await world.settle(ONE);
    world.configure(TWO);
    const bundle = await world.seal();
    expect(await world.drift(bundle)).toEqual([]);
    world.cloud.change('thing-1', { size: 40 });
    expect(await world.drift(bundle)).toEqual(differs('a', 'update', 'changed since: size'));
    world.cloud.change('thing-1', { size: 1, password: 'hunter3' });
    expect(await world.drift(bundle)).toEqual(differs('a', 'update', 'changed since: password'));
    world.cloud.change('thing-1', { size: 2, password: 'hunter2' });
    const wanted = 'changed since: size; a plan would now leave it alone';
    expect(await world.drift(bundle)).toEqual(differs('a', 'update', wanted));
    const { attributes } = world.cloud.change('thing-1', { size: 1 });
    expect(await world.drift(bundle)).toEqual([]);
    world.cloud.delete('thing-1');
    world.cloud.create(attributes);
    expect(await world.drift(bundle)).toEqual(differs('a', 'update', 'gone; a plan would now create it'));
  },
);

terraformTest(
  '[TERRAFORM-18] a clock and a data source that answer otherwise make nothing stale, unless something else would be done',
  async () => {
    const noise = `${ALL}resource "terraform_data" "t" {\n  input = [plantimestamp(), data.chaos_things.all.names]\n}\n`;
    const world = new DriftStage();
    await world.settle(`${ONE}${noise}`);
    world.configure(`${TWO}${noise}`);
    const noisy = await world.seal();
    const counted = 'resource "chaos_thing" "c" {\n  count = length(data.chaos_things.all.names)\n  name = "c"\n}\n';
    world.configure(`${ONE}${noise}${counted}`);
    const counting = await world.seal();
    const { id } = world.cloud.create({ name: 'of somebody else' });
    expect(await world.drift(noisy)).toEqual([]);
    expect(await world.drift(counting)).toEqual(differs('c[1]', undefined, 'a plan would now create it'));
    world.cloud.delete(id);
    world.cloud.delete('thing-1');
    expect(await world.drift(counting)).toEqual([
      ...differs('a', 'no-op', 'gone; a plan would now create it'),
      ...differs('c[0]', 'create', 'a plan would now leave it out'),
    ]);
  },
);

terraformTest(
  '[TERRAFORM-18] an object that no plan touches counts where the change draws from it, and only there',
  async () => {
    const world = new DriftStage();
    await world.settle(`${ONE}${OTHER}`);
    world.configure(`${TWO}${OTHER}`);
    const apart = await world.seal();
    world.configure(`${ONE}${OTHER}resource "chaos_thing" "d" {\n  name = "d"\n  size = chaos_thing.o.creation\n}\n`);
    const drawn = await world.seal();
    world.setCreation('o', 77);
    expect(await world.drift(apart)).toEqual([]);
    expect(await world.drift(drawn)).toEqual(differs('o', 'no-op', 'changed since: creation'));
  },
);

terraformTest(
  '[TERRAFORM-18] an attribute that moved by itself before the sealing may go on moving; one that starts to is named',
  async () => {
    const world = new DriftStage();
    await world.settle(ONE);
    world.configure(TWO);
    const still = await world.seal();
    world.setCreation('one', 5);
    expect(await world.drift(still)).toEqual(differs('a', 'update', 'changed since: creation'));
    const moving = await world.seal();
    world.setCreation('one', 6);
    expect(await world.drift(moving)).toEqual([]);
  },
);

terraformTest('[TERRAFORM-18] what is to be destroyed, imported or only refreshed is compared too', async () => {
  const world = new DriftStage();
  await world.settle(ONE);
  const destroying = await world.seal('-destroy');
  world.cloud.change('thing-1', { size: 40 });
  expect(await world.drift(destroying)).toEqual(differs('a', 'delete', 'changed since: size'));
  const refreshing = await world.seal('-refresh-only');
  expect(await world.drift(refreshing)).toEqual([]);
  world.cloud.change('thing-1', { size: 41 });
  expect(await world.drift(refreshing)).toEqual(differs('a', 'changed outside of Terraform', 'changed since: size'));
});

terraformTest(
  '[TERRAFORM-18, TERRAFORM-10] the look is made in a copy of its own: what runs and the real directory stay as they were',
  async () => {
    const world = new DriftStage();
    await world.settle(ONE);
    world.configure(TWO);
    const bundle = await world.seal();
    const listed = [listing(bundle.runDirectory), listing(world.stage.directory)];
    expect(await world.drift(bundle)).toEqual([]);
    expect([listing(bundle.runDirectory), listing(world.stage.directory)]).toEqual(listed);
    expect((await world.stage.execute(bundle)).kind).toBe('completed');
    expect(world.cloud.effects()).toEqual(['create one', 'update one']);
  },
);

terraformTest(
  '[TERRAFORM-18, TERRAFORM-05, L13] with -refresh=false nobody looked at the world, the preview says so, and nobody looks before it runs',
  async () => {
    const world = new DriftStage();
    await world.settle(ONE);
    world.configure(TWO);
    const bundle = await world.seal('-refresh=false');
    expect((await world.stage.driver.preview(bundle)).notes).toContain(
      'the world was not looked at while planning: what was changed outside of Terraform is not noticed, neither here nor before this runs',
    );
    world.cloud.change('thing-1', { size: 40 });
    world.cloud.raise('reads-fail');
    expect(await world.drift(bundle)).toEqual([]);
  },
);

/** An approved change of a size from 1 to 2. */
async function approved(): Promise<{ readonly loop: ChaosLoop; readonly id: string }> {
  const loop = await chaosLoop();
  await loop.configure(ONE);
  await loop.terraform('apply', '-auto-approve', '-input=false');
  await loop.configure(TWO);
  const { id } = JSON.parse((await loop.proposeChaos()).stdout) as { readonly id: string };
  await loop.approve(id);
  return { loop, id };
}

loopTest(
  '[TERRAFORM-18, EXECUTE-05, L3, L11] on the command line: changed by hand after the approval is stale, named, and nothing ran',
  async () => {
    const { loop, id } = await approved();
    loop.cloud.change('thing-1', { size: 40 });
    const moved = loop.cloud.read();
    const ran = await loop.run('execute', id);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('stale  the world moved on since it was sealed; nothing ran');
    expect(ran.stdout).toContain('  the object chaos_thing.a: changed since: size (the sealed plan said update)');
    const shown = await loop.run('show', id);
    expect(shown.stdout).toContain('the object chaos_thing.a: changed since: size (the sealed plan said update)');
    expect(`${ran.stdout}${ran.stderr}${shown.stdout}`).not.toContain('hunter');
    expect((await loop.show(id)).state).toBe('stale');
    expect(loop.cloud.read()).toEqual(moved);
  },
);

loopTest(
  '[TERRAFORM-09, EXECUTE-05, L3] on the command line: files that were edited after the approval are named, and nothing ran',
  async () => {
    const { loop, id } = await approved();
    await loop.configure(`${TWO}# edited\n`);
    const ran = await loop.run('execute', id);
    expect(ran.code).toBe(1);
    const line = /^ {2}the configuration: main\.tf changed \([0-9a-f]{12}… when it was sealed, [0-9a-f]{12}… now\)$/m;
    expect(ran.stdout).toMatch(line);
    const shown = await loop.run('show', id);
    expect(shown.stdout).toMatch(/nothing ran: the configuration: main\.tf changed \([0-9a-f]{12}… when/);
    const why = (await loop.json('show', id))['why'];
    expect(why).toMatch(/^the configuration: main\.tf changed \([0-9a-f]{64} when it was sealed, [0-9a-f]{64} now\)$/);
  },
);

loopTest(
  '[TERRAFORM-18, EXECUTE-01, EXECUTE-05, L13] a provider that can not look: nothing ran, nothing is spent, and it runs when it looks again',
  async () => {
    const { loop, id } = await approved();
    loop.cloud.raise('reads-fail');
    const ran = await loop.run('execute', id);
    expect(ran.stderr).toContain(`the world can't be looked at before ${id} runs: terraform plan: `);
    expect(ran.stderr).toContain('the world does not answer');
    expect(ran.stderr).toContain('nothing ran and nothing is spent');
    expect(ran.code).toBe(1);
    expect((await loop.show(id)).state).toBe('approved');
    expect(loop.cloud.effects()).toEqual(['create one']);
    loop.cloud.lower('reads-fail');
    expect((await loop.run('execute', id)).code).toBe(0);
    await loop.run('verify', id);
    const shown = await loop.show(id);
    expect([shown.outcome, shown.verdict, shown.state]).toEqual(['completed', 'confirmed', 'closed']);
    expect(loop.cloud.effects()).toEqual(['create one', 'update one']);
  },
);
