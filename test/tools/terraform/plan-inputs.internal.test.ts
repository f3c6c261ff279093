import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planArguments, variableFilesBeside, verifyingArguments } from '../../../src/tools/terraform/plan-arguments.ts';
import { readState } from '../../../src/tools/terraform/read-state.ts';
import {
  hiddenArguments,
  inputVariables,
  terraformEnvironment,
} from '../../../src/tools/terraform/terraform-environment.ts';

const accepted = (...argv: readonly string[]): readonly string[] | string => {
  const answer = planArguments(argv, '/infra');
  return answer.kind === 'accepted' ? answer.planArguments : answer.why;
};

test('[TERRAFORM-13] options that say what to change are taken, however they are spelled', () => {
  expect(accepted('-var', 'a=1', '--var=b=2', '-var-file=x.tfvars', '-var-file', '/infra/sub/y.tfvars')).toEqual([
    '-var=a=1',
    '-var=b=2',
    '-var-file=x.tfvars',
    '-var-file=sub/y.tfvars',
  ]);
  expect(
    accepted('-target=a.b', '-replace', 'c.d[0]', '-destroy', '-refresh-only=true', '-refresh', '-parallelism=2'),
  ).toEqual(['-target=a.b', '-replace=c.d[0]', '-destroy', '-refresh-only', '-refresh=true', '-parallelism=2']);
  expect(accepted('-refresh=false', '-var=text=two\nlines')).toEqual(['-refresh=false', '-var=text=two\nlines']);
});

test('[TERRAFORM-13, L15] a file of variables beside the directory is told by the path to it, however it is spelled', () => {
  const argv = [
    '-var-file=../env/a',
    '-var-file=sub/../../b',
    '-var-file',
    '/etc/c',
    '-var-file=/infra/d',
    '-var=x=../e',
  ];
  const planned = accepted(...argv);
  expect(planned).toEqual(['-var-file=../env/a', '-var-file=../b', '-var-file=../etc/c', '-var-file=d', '-var=x=../e']);
  expect(accepted('-var-file=../infra/f', '-var-file=../../../env/g', '-var-file=.')).toEqual([
    '-var-file=f',
    '-var-file=../env/g',
    '-var-file=.',
  ]);
  expect(variableFilesBeside([...planned, '-var-file=../b', '-var-file=..', '-var-file=..d'])).toEqual([
    '..',
    '../b',
    '../env/a',
    '../etc/c',
  ]);
});

test('[TERRAFORM-13] a command written for an apply by hand means the same change', () => {
  expect(accepted()).toEqual([]);
  expect(
    accepted('terraform', 'apply', '-auto-approve', '-input=false', '-no-color', '-lock-timeout=5s', '-lock=true'),
  ).toEqual([]);
  expect(accepted('terraform', 'destroy', '-auto-approve')).toEqual(['-destroy']);
  expect(accepted('plan', '-destroy', '-detailed-exitcode', '-compact-warnings')).toEqual(['-destroy']);
});

test.each([
  [['-lock=false'], 'without the lock two runs can write the same state at once, and one of them is lost'],
  [['-lock=perhaps'], 'the option -lock has no usable value in "perhaps"'],
  [['-state=/x'], "the option -state can't be part of a proposal"],
  [['-out=x'], "the option -out can't be part of a proposal"],
  [['-chdir=/x'], "the option -chdir can't be part of a proposal"],
  [['-generate-config-out=x'], "the option -generate-config-out can't be part of a proposal"],
  [['plan.bin'], '"plan.bin" is not an option'],
  [['apply', 'plan.bin'], '"plan.bin" is not an option'],
  [['-'], '"-" is not an option'],
  [['-var'], 'the option -var has no usable value'],
  [['-target='], 'the option -target has no usable value in ""'],
  [['-destroy=false'], 'the option -destroy has no usable value in "false"'],
  [['-refresh=maybe'], 'the option -refresh has no usable value in "maybe"'],
])('[TERRAFORM-13, L13] %j is refused', (argv, why) => {
  expect(accepted(...argv)).toBe(why);
});

test('[TERRAFORM-11] looking again leaves out what forces a change or spares a look', () => {
  const planned = ['-var=a=1', '-replace=x.y', '-refresh=false', '-destroy', '-target=z'];
  expect(verifyingArguments(planned)).toEqual(['-var=a=1', '-destroy', '-target=z']);
});

test('[TERRAFORM-13] the environment is what was allowed, without what steers Terraform unseen', () => {
  const given = {
    AWS_PROFILE: 'p',
    TF_VAR_a: '1',
    TF_WORKSPACE: 'w',
    TF_LOG: 'TRACE',
    TF_LOG_PATH: '/x',
    TF_LOG_CORE: 'TRACE',
    TF_DATA_DIR: '/x',
    TF_CLI_CONFIG_FILE: '/x',
    TERRAFORM_CONFIG: '/x',
    TF_PLUGIN_CACHE_DIR: '/x',
    TF_INPUT: '1',
  };
  expect(terraformEnvironment(given, '/bin')).toEqual({
    PATH: '/bin',
    AWS_PROFILE: 'p',
    TF_VAR_a: '1',
    TF_WORKSPACE: 'w',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: '/dev/null',
  });
  expect(terraformEnvironment({ PATH: '/own' }, '/bin')['PATH']).toBe('/own');
  expect(inputVariables(given)).toEqual({ TF_VAR_a: '1' });
  expect(hiddenArguments({ TF_CLI_ARGS_apply: '', TF_CLI_ARGS: '', TF_CLI_CONFIG_FILE: '' })).toEqual([
    'TF_CLI_ARGS',
    'TF_CLI_ARGS_apply',
  ]);
});

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const resource = (instances: readonly object[], more: object = {}): object => ({
  mode: 'managed',
  type: 't',
  name: 'n',
  instances,
  ...more,
});

test('[TERRAFORM-03] a state is read with addresses as the event stream writes them', () => {
  const state = {
    version: 4,
    serial: 7,
    lineage: 'l',
    resources: [
      resource([{}]),
      resource([{ index_key: 0 }, { index_key: 1, status: 'tainted' }], { module: 'module.m["k"]' }),
      resource([{ index_key: `q"\\\n\${x}%{y}ü` }, { deposed: 'abc' }], { mode: 'data' }),
    ],
  };
  expect(readState(encode(state))).toEqual({
    kind: 'read',
    lineage: 'l',
    serial: 7,
    instances: [
      { address: 't.n', isTainted: false, isDeposed: false },
      { address: 'module.m["k"].t.n[0]', isTainted: false, isDeposed: false },
      { address: 'module.m["k"].t.n[1]', isTainted: true, isDeposed: false },
      { address: `data.t.n["q\\"\\\\\\n$\${x}%%{y}ü"]`, isTainted: false, isDeposed: false },
      { address: 'data.t.n', isTainted: false, isDeposed: true },
    ],
  });
});

test('[TERRAFORM-09] no state, an empty state and an unreadable one are three things, two of them the same', () => {
  expect(readState(undefined)).toEqual({ kind: 'absent' });
  expect(readState(new Uint8Array())).toEqual({ kind: 'absent' });
  expect(readState(encode('x').subarray(0, 2))).toEqual({ kind: 'unreadable', why: 'it is not JSON' });
  const other = { kind: 'unreadable', why: 'it is not a Terraform state of version 4' };
  expect(readState(encode({ version: 3, serial: 1, lineage: 'l' }))).toEqual(other);
  expect(readState(encode({ version: 4, serial: -1, lineage: 'l' }))).toEqual(other);
  expect(readState(Uint8Array.of(0xff, 0xfe))).toEqual({ kind: 'unreadable', why: 'it is not JSON' });
});

test('[TERRAFORM-09] any bytes are read as some state, without a throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (noise) => readState(noise).kind === 'unreadable'),
  );
});
