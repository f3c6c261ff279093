import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../../src/adapters/index.ts';
import type { JsonObject } from '../../../src/kernel/index.ts';
import type { ToolName } from '../../../src/tools/terraform/choose-tool.ts';
import { lostValues } from '../../../src/tools/terraform/ephemeral-values.ts';
import { privateCopy } from '../../../src/tools/terraform/private-copy.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const OPTIONS = ['-var=a=1', '-var=b=2', '-var=c=3', '-target=x.y'];

/** What Terraform says of a plan: every variable is declared, those with a value are listed. */
function documentOf(configured: readonly string[], listed: readonly string[]): JsonObject {
  const all = (names: readonly string[]): JsonObject => Object.fromEntries(names.map((name) => [name, {}]));
  return { configuration: { root_module: { variables: all(configured) } }, variables: all(listed) };
}

const EVERY = documentOf(['a', 'b', 'c'], ['a', 'b', 'c']);

async function lost(
  sources: Readonly<Record<string, string>>,
  { planArguments = OPTIONS, document = EVERY, tool = 'terraform' as ToolName } = {},
): Promise<readonly string[]> {
  const copy = privateCopy(temporaryDirectory(), 'infra');
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(copy.tree, path)), { recursive: true });
    writeFileSync(join(copy.tree, path), text);
  }
  const found = await lostValues(nodeFiles(), { plan: { document }, copy, tool, planArguments });
  return found.map(({ name, option }) => `${name} ${option}`);
}

test('[TERRAFORM-13] a variable that the plan leaves out is ephemeral, whatever its source says', async () => {
  const document = documentOf(['a', 'b', 'c'], ['a', 'c']);
  expect(await lost({ 'main.tf': '' }, { document })).toEqual(['b -var']);
  expect(await lost({ 'main.tf': '' })).toEqual([]);
  expect(await lost({ 'main.tf': '' }, { document, planArguments: ['-var=a=b', '-target=b'] })).toEqual([]);
  expect(await lost({ 'main.tf': '' }, { document: {} })).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  ['one with a default', { 'main.tf': 'variable "b" {\n  default   = 1\n  ephemeral = true\n}\n' }, ['b -var']],
  ['one without labels', { 'main.tf': 'variable {\n  ephemeral = true\n}\n' }, []],
  ['a word that is no setting', { 'main.tf': '# ephemeral\nvariable "b" {\n  default = "ephemeral = true"\n}\n' }, []],
  ['one that is not', { 'main.tf': 'variable "b" {\n  ephemeral = false\n}\n' }, []],
  ['one that is not, as text', { 'main.tf': 'variable "b" {\n  ephemeral = "false"\n}\n' }, []],
  ['an expression', { 'main.tf': 'variable "b" {\n  ephemeral = !false\n}\n' }, ['b -var']],
  ['JSON', { 'x.tf.json': '{"variable": {"c": {"ephemeral": true}, "b": {"ephemeral": false}}}' }, ['c -var']],
  [
    'JSON with a member that stands there twice',
    { 'x.tf.json': '{"variable": {"a": {"\\u0065phemeral": true}}, "variable": {"b": {}}}' },
    ['a -var', 'b -var', 'c -var'],
  ],
  [
    'an override',
    { 'main.tf': 'variable "a" {}\n', 'x_override.tf': 'variable "a" {\n  ephemeral = true\n}\n' },
    ['a -var'],
  ],
  [
    'an output and a block of that name',
    { 'main.tf': 'output "a" {\n  ephemeral = true\n}\nephemeral "b" "c" {}\n' },
    [],
  ],
  ['another module', { 'main.tf': '', 'm/main.tf': 'variable "a" {\n  ephemeral = true\n}\n' }, []],
  [
    'a source that nobody understands',
    { 'main.tf': 'variable "b" { ephemeral = true' },
    ['a -var', 'b -var', 'c -var'],
  ],
  ['a source that nobody understands, and that can not tell', { 'main.tf': 'variable "b" {' }, []],
])('[TERRAFORM-13] of variables that the plan lists the sources tell: %s', async (_what, sources, expected) => {
  expect(await lost(sources)).toEqual(expected);
});

test('[TERRAFORM-13] those sources tell that the tool loads, and where one is not sealed every variable counts', async () => {
  const sources = { 'main.tofu': 'variable "b" {\n  ephemeral = true\n}\n', 'main.tf': 'variable "b" {}\n' };
  expect(await lost(sources)).toEqual([]);
  expect(await lost(sources, { tool: 'tofu' })).toEqual(['b -var']);
  const copy = privateCopy(temporaryDirectory(), '');
  mkdirSync(copy.tree, { recursive: true });
  symlinkSync('/dev/null', join(copy.tree, 'main.tf'));
  const planned = { plan: { document: EVERY }, copy, tool: 'terraform' as const, planArguments: ['-var=b=2'] };
  expect(await lostValues(nodeFiles(), planned)).toEqual([{ name: 'b', option: '-var' }]);
});

test.each<[string, string, string, readonly string[]]>([
  ['a setting', 'x.tfvars', 'b = 1\n', ['b']],
  ['a remark', 'x.tfvars', '# not b, but a\n', ['a', 'b']],
  ['parts of other words', 'x.tfvars', 'b2 = "a-b"\nab = b_\n', []],
  ['nothing', 'x.tfvars', '', []],
  ['JSON', 'x.tfvars.json', '{"b": 1}', ['b']],
  ['JSON with escapes', 'x.json', '{"\\u0062": 1}', ['b']],
])('[TERRAFORM-13] a file of variables sets what it names: %s', async (_what, path, text, expected) => {
  const document = documentOf(['a', 'b', 'c'], ['c']);
  const planArguments = ['-var-file=y.tfvars', `-var-file=${path}`];
  const found = await lost({ 'main.tf': '', [path]: text, 'y.tfvars': 'c = 1\n' }, { document, planArguments });
  expect(found).toEqual(expected.map((name) => `${name} -var-file=${path}`));
});
