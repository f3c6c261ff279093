/** The world moves after a change was confirmed: real Terraform, a cloud that is edited by hand, and a pass that looks for it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type ChaosLoop, chaosLoop } from '../support/chaos-provider/chaos-loop.ts';
import { CHAOS_REQUIRED } from '../support/chaos-provider/install-provider.ts';
import { forge } from '../support/forge-event.ts';
import { newSigner } from '../support/keys.ts';
import { MAIN, realLoop } from '../support/real-loop.ts';
import { needs } from './needs.ts';

const loopTest = needs('terraform', 'ssh-keygen');

const ONE = 'resource "chaos_thing" "a" {\n  name = "one"\n  size = 1\n  password = "hunter2"\n}\n';

type Finding = {
  readonly target: string;
  readonly confirmed: string;
  readonly result: string;
  readonly resources: readonly { readonly address: string; readonly action: string }[];
  readonly changed: readonly string[];
  readonly evidence: { readonly id: string; readonly digest: string } | null;
  readonly draft: { readonly id: string; readonly state: string; readonly isNew: boolean } | null;
  readonly why: string | null;
  readonly next: string | null;
};

/** A pass, as `--json` tells it, with the exit code that it ended by. */
async function look(
  loop: ChaosLoop,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly findings: readonly Finding[] }> {
  const ran = await loop.run('drift', '--json', ...args);
  // The shape is documented as countersign.drift/1, and these tests hold it.
  const { findings } = JSON.parse(ran.stdout) as { readonly findings: readonly Finding[] };
  return { code: ran.code, findings };
}

async function confirmed(configuration: string = ONE): Promise<{ readonly loop: ChaosLoop; readonly id: string }> {
  const loop = await chaosLoop();
  await loop.configure(configuration);
  const id = await loop.goRound();
  expect(await loop.show(id)).toMatchObject({ state: 'closed', verdict: 'confirmed' });
  return { loop, id };
}

function plain(target: string, id: string): object {
  const nothing = { resources: [], outputs: [], failedChecks: [], changed: [] };
  return { target, confirmed: id, ...nothing, evidence: null, draft: null, why: null, next: null };
}

async function proposals(loop: ChaosLoop): Promise<readonly string[]> {
  const { proposals: rows } = await loop.json('list');
  // The shape is documented as countersign.list/1; a test of its own holds it.
  return (rows as readonly { readonly id: string; readonly state: string }[]).map(({ id, state }) => `${id} ${state}`);
}

loopTest(
  '[DRIFT-01, DRIFT-02, DRIFT-03, L1, L11] what was changed by hand is named without a value, one draft waits, and once it ran the world is as confirmed',
  async () => {
    const { loop, id } = await confirmed();
    expect(await look(loop)).toEqual({ code: 0, findings: [{ ...plain('chaos', id), result: 'as-confirmed' }] });
    expect(await proposals(loop)).toEqual([`${id} closed`]);

    loop.cloud.change('thing-1', { size: 40 });
    const moved = loop.cloud.read();
    const found = await look(loop);
    const [finding] = found.findings;
    const draft = finding?.draft?.id ?? '';
    expect(found).toEqual({
      code: 3,
      findings: [
        {
          ...plain('chaos', id),
          result: 'drifted',
          resources: [{ address: 'chaos_thing.a', action: 'update' }],
          evidence: { id: expect.stringMatching(/^[0-9a-f]{26}$/), digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
          draft: { id: draft, state: 'open', isNew: true },
          next: `countersign show ${draft}`,
        },
      ],
    });
    expect(loop.cloud.read()).toEqual(moved);
    const shown = await loop.json('show', draft);
    expect(shown['intent']).toBe(`put back what drifted since ${id} was confirmed: update chaos_thing.a`);
    const recorded = (await loop.run('record', 'show', '--json')).stdout;
    expect(recorded).toContain(`drift of chaos since ${id} was confirmed: update chaos_thing.a`);
    expect(recorded).not.toContain('hunter');

    // Again: the same finding, the same evidence, the same draft.
    const again = await look(loop);
    expect(again.code).toBe(3);
    expect(again.findings[0]).toMatchObject({
      evidence: finding?.evidence,
      draft: { id: draft, state: 'open', isNew: false },
    });
    expect(await proposals(loop)).toHaveLength(2);

    await loop.approve(draft);
    expect((await look(loop)).findings[0]?.draft).toEqual({ id: draft, state: 'approved', isNew: false });
    await loop.run('execute', draft);
    await loop.run('verify', draft);
    expect(await loop.show(draft)).toMatchObject({ state: 'closed', verdict: 'confirmed' });
    expect(await look(loop)).toEqual({ code: 0, findings: [{ ...plain('chaos', draft), result: 'as-confirmed' }] });
    expect(loop.cloud.things()[0]?.attributes['size']).toBe(1);
  },
);

loopTest(
  '[DRIFT-03, DRIFT-02, L1] another finding takes the place of a draft, a no of a person stands, and nobody’s own proposal is swept away',
  async () => {
    const { loop, id } = await confirmed();
    loop.cloud.change('thing-1', { size: 40 });
    const own = (JSON.parse((await loop.proposeChaos()).stdout) as { readonly id: string }).id;
    const beside = await look(loop);
    expect(beside.code).toBe(3);
    expect(beside.findings[0]).toMatchObject({
      result: 'drifted',
      draft: null,
      why: `${own}, another change of the same place, is open`,
      next: `decide on it first: countersign show ${own}`,
    });
    expect(await proposals(loop)).toEqual([`${own} open`, `${id} closed`]);
    expect((await loop.run('withdraw', own, '--reason', 'later')).code).toBe(0);

    // An agent may look, and what it opens is its own draft.
    const ran = await loop.runAs({ COUNTERSIGN_AGENT: 'claude' }, 'drift', '--json', '--target', 'chaos');
    expect(ran.code).toBe(3);
    const { findings } = JSON.parse(ran.stdout) as { readonly findings: readonly Finding[] };
    const first = findings[0]?.draft?.id ?? '';
    expect((await loop.json('show', first))['proposer']).toMatchObject({ kind: 'agent', name: 'claude' });

    loop.cloud.delete('thing-1');
    const other = (await look(loop)).findings[0];
    expect(other).toMatchObject({
      resources: [{ address: 'chaos_thing.a', action: 'create' }],
      draft: { isNew: true },
    });
    expect(other?.evidence?.digest).not.toBe(findings[0]?.evidence?.digest);
    const second = other?.draft?.id ?? '';
    expect(await proposals(loop)).toEqual(expect.arrayContaining([`${first} superseded`, `${second} open`]));

    expect((await loop.run('reject', second, '--ssh-key', loop.key, '--reason', 'no')).code).toBe(0);
    const refused = await look(loop);
    expect(refused.code).toBe(3);
    expect(refused.findings[0]).toMatchObject({
      result: 'drifted',
      draft: null,
      why: `${second}, which would put back this very drift, was rejected`,
      evidence: other?.evidence,
    });
    expect(await proposals(loop)).toHaveLength(4);
    const text = await loop.run('drift');
    expect(text.stdout).toBe(
      `chaos  drifted  since ${id}\n  create  chaos_thing.a\n  evidence ${other?.evidence?.id}\n` +
        `  no draft: ${second}, which would put back this very drift, was rejected\n` +
        '  next  change the configuration to what stands, or propose it again by hand\n',
    );
  },
);

loopTest(
  '[DRIFT-04, DRIFT-05, L9] a changed configuration is a change that waits; a world that does not answer, a place that is held and a verdict that nobody signed are no clean look',
  async () => {
    const { loop, id } = await confirmed();
    loop.cloud.raise('reads-fail');
    const mute = await look(loop);
    expect(mute.code).toBe(5);
    expect(mute.findings[0]).toMatchObject({
      result: 'unknown',
      next: 'put right what Terraform complains of, then look again',
    });
    expect(mute.findings[0]?.why).toContain('no plan could be made: terraform plan: ');
    expect(mute.findings[0]?.why).toContain('the world does not answer');
    loop.cloud.lower('reads-fail');

    const data = join(loop.directory, '.terraform');
    renameSync(data, join(loop.root, 'away'));
    const bare = await look(loop);
    expect([bare.code, bare.findings[0]?.why]).toEqual([5, `${loop.directory} is not initialised any more`]);
    renameSync(join(loop.root, 'away'), data);

    const main = join(loop.directory, 'main.tf');
    writeFileSync(main, `${CHAOS_REQUIRED}${ONE.replace('size = 1', 'size = 2')}`);
    expect(await look(loop)).toEqual({
      code: 5,
      findings: [
        {
          ...plain('chaos', id),
          result: 'changed-configuration',
          changed: ['the configuration'],
          next: 'propose it for chaos, or put the configuration back',
        },
      ],
    });
    expect((await loop.run('drift')).stdout).toContain(
      '  another one than was confirmed: the configuration; a change that waits, and no drift\n',
    );
    expect(await proposals(loop)).toEqual([`${id} closed`]);

    writeFileSync(main, `${CHAOS_REQUIRED}${ONE}`);
    await loop.terraform('workspace', 'new', 'other');
    expect((await look(loop)).findings[0]).toMatchObject({
      result: 'unknown',
      why: `${loop.directory} has another backend and workspace now than the change that was confirmed`,
    });
    await loop.terraform('workspace', 'select', 'default');

    const signer = newSigner('local-verifier');
    const verdict = { kind: 'confirmed', isAsBefore: false, findings: [] } as const;
    const body = {
      type: 'verified',
      observations: [],
      verdict,
      signed: { key: signer.key, signature: 'AAAA' },
    } as const;
    await forge(loop.home, id, { actor: { kind: 'verifier', name: signer.name, key: signer.key }, body });
    const forged = await look(loop);
    expect([forged.code, forged.findings[0]?.result, forged.findings[0]?.why]).toEqual([
      5,
      'unknown',
      `${id} is not believed: its newest verdict does not hold`,
    ]);
  },
);

loopTest(
  '[DRIFT-05, L9] a place that is held or busy is skipped by name, and one that was never confirmed compares with nothing',
  async () => {
    const loop = await chaosLoop();
    await loop.configure(ONE.replace('size = 1', 'mode = "partial"'));
    const held = await loop.goRound();
    expect(await look(loop)).toEqual({
      code: 5,
      findings: [
        {
          ...plain('chaos', held),
          result: 'skipped',
          why: `${held} left it in doubt, and it is held`,
          next: `countersign show ${held}`,
        },
      ],
    });
    expect((await loop.run('reconcile', held, '--note', 'looked at it')).code).toBe(0);
    const released = await look(loop);
    expect(released.code).toBe(5);
    expect(released.findings[0]).toMatchObject({
      result: 'unknown',
      why: `${held}, which was executed there last, was never confirmed: refuted, closed as reconciled`,
      next: `countersign verify ${held} looks again`,
    });
    await loop.configure(ONE);
    const next = (JSON.parse((await loop.proposeChaos()).stdout) as { readonly id: string }).id;
    await loop.approve(next);
    await loop.run('execute', next);
    expect((await look(loop)).findings[0]).toMatchObject({
      confirmed: next,
      result: 'skipped',
      why: `${next} executes, or waits for its verdict`,
    });
    const unknown = await loop.run('drift', '--target', 'chaso');
    expect([unknown.code, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toContain('nothing was ever proposed for a target chaso');
  },
);

loopTest(
  '[DRIFT-05, DRIFT-01, L11] secret variables are taken from the environment again; without them, or behind -var, nothing can be told',
  async () => {
    const loop = await chaosLoop();
    await loop.configure(
      'variable "word" {\n  sensitive = true\n}\nresource "chaos_thing" "a" {\n  name = "one"\n  password = var.word\n}\n',
    );
    const withSecret = { TF_VAR_word: 'first-word' };
    const intent = ['--dir', loop.directory, '--target', 'chaos', '--intent', 'a secret', '--json'];
    const goRound = async (...options: readonly string[]): Promise<string> => {
      const made = await loop.runAs(withSecret, 'propose', 'terraform', ...intent, ...options);
      const { id } = JSON.parse(made.stdout) as { readonly id: string };
      await loop.approve(id);
      await loop.run('execute', id);
      await loop.run('verify', id);
      return id;
    };
    const given = await goRound('--secret-env', 'TF_VAR_word');
    const without = await look(loop);
    expect([without.code, without.findings[0]?.confirmed]).toEqual([5, given]);
    expect(without.findings[0]).toMatchObject({ result: 'unknown', why: 'the variable TF_VAR_word is not set' });
    const same = await loop.runAs(withSecret, 'drift');
    expect([same.code, same.stdout]).toEqual([0, `chaos  as confirmed  by ${given}\n`]);
    const other = await loop.runAs({ TF_VAR_word: 'other-word' }, 'drift', '--json');
    const { findings } = JSON.parse(other.stdout) as { readonly findings: readonly Finding[] };
    const shown = await loop.json('show', findings[0]?.draft?.id ?? '');
    expect(shown['intent']).toBe(
      `put back what drifted since ${given} was confirmed (with the present values of TF_VAR_word): update chaos_thing.a`,
    );
    expect(`${other.stdout}${(await loop.run('record', 'show', '--json')).stdout}`).not.toMatch(
      /first-word|other-word/,
    );

    const argued = await goRound('--', '-var=word=third-word');
    expect(await look(loop)).toMatchObject({
      code: 5,
      findings: [
        {
          confirmed: argued,
          result: 'unknown',
          why: 'it was planned with -var=word, whose value is in no record any more',
        },
      ],
    });
  },
);

loopTest(
  '[DRIFT-05, L9] without any Terraform change there is nothing to compare with, and a change of another kind is none',
  async () => {
    const loop = await realLoop();
    expect(await loop.run('drift')).toEqual({
      code: 0,
      stdout: 'no confirmed Terraform target: there is nothing to compare the world with\n',
      stderr: '',
    });
    const id = await loop.propose('argv');
    await loop.approve(id);
    await loop.run('execute', id);
    expect(await loop.json('drift')).toEqual({
      schema: 'countersign.drift/1',
      atMs: expect.any(Number),
      isCut: false,
      findings: [],
    });
  },
);

loopTest('[DRIFT-06, CLI-05] a schedule says one line a pass, and an interruption ends it with 130', async () => {
  const loop = await realLoop();
  const child = spawn(process.execPath, [MAIN, 'drift', '--every', '1s', '--json'], { env: { ...loop.environment } });
  const said: string[] = [];
  const printed: string[] = [];
  child.stdout.on('data', (chunk) => printed.push(String(chunk)));
  for await (const chunk of child.stderr) {
    said.push(String(chunk));
    if (said.join('').split('\n').length > 2) break;
  }
  child.kill('SIGINT');
  const [code] = child.exitCode === null ? await once(child, 'close') : [child.exitCode];
  expect(code).toBe(130);
  const [first, second] = said.join('').split('\n');
  expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}no confirmed Terraform target$/);
  expect(second).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}no confirmed Terraform target$/);
  expect(JSON.parse(printed.join(''))).toMatchObject({ schema: 'countersign.drift/1', findings: [] });
  expect((await loop.run('drift', '--every', '0s')).code).toBe(2);
});

loopTest('[DRIFT-04, DRIFT-05, L11] installed modules that changed are a changed configuration', async () => {
  const loop = await chaosLoop();
  const laid = join(loop.directory, '.terraform/modules');
  mkdirSync(join(laid, 'm'), { recursive: true });
  const source = 'git::https://example.com/m.git';
  const list = [
    { Key: '', Source: '', Dir: '.' },
    { Key: 'm', Source: source, Dir: '.terraform/modules/m' },
  ];
  await loop.configure(ONE);
  writeFileSync(join(laid, 'modules.json'), JSON.stringify({ Modules: list }));
  writeFileSync(join(laid, 'm/m.tf'), 'resource "terraform_data" "x" {\n  input = 1\n}\n');
  writeFileSync(join(loop.directory, 'use.tf'), `module "m" {\n  source = "${source}"\n}\n`);
  const id = await loop.goRound();
  expect(await loop.show(id)).toMatchObject({ state: 'closed', verdict: 'confirmed' });
  expect((await look(loop)).findings[0]).toMatchObject({ result: 'as-confirmed' });
  writeFileSync(join(laid, 'm/m.tf'), 'resource "terraform_data" "x" {\n  input = 2\n}\n');
  expect((await look(loop)).findings[0]).toMatchObject({
    result: 'changed-configuration',
    changed: ['the installed modules'],
  });
});

loopTest(
  '[DRIFT-05, TERRAFORM-11, L9] a change of targets alone is confirmed when they are as planned, and never when one is not',
  async () => {
    const loop = await chaosLoop();
    const other = 'resource "terraform_data" "other" {\n  input = 1\n}\n';
    await loop.configure(`${ONE}${other}`);
    const id = await loop.goRound('--', '-target=chaos_thing.a');
    expect(await loop.show(id)).toMatchObject({ state: 'closed', verdict: 'confirmed' });
    expect((await look(loop)).findings[0]).toMatchObject({ result: 'as-confirmed' });
    loop.cloud.change('thing-1', { size: 40 });
    expect((await look(loop)).findings[0]).toMatchObject({ result: 'drifted' });
    const failing = await chaosLoop();
    await failing.configure(`${ONE.replace('size = 1', 'mode = "partial"')}${other}`);
    const bad = await failing.goRound('--', '-target=chaos_thing.a');
    expect(await failing.show(bad)).not.toMatchObject({ verdict: 'confirmed' });
  },
);
