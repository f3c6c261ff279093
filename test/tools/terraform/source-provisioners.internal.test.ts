import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../../src/adapters/index.ts';
import type { ToolName } from '../../../src/tools/terraform/choose-tool.ts';
import { privateCopy } from '../../../src/tools/terraform/private-copy.ts';
import { sourceProvisioners } from '../../../src/tools/terraform/source-provisioners.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

function provisioner(name: string, more: string): string {
  return `resource "terraform_data" "${name}" {\n  provisioner "local-exec" {\n    command = "true"\n    ${more}\n  }\n}\n`;
}

test('[TERRAFORM-24] of provisioners that stand in two files of one name, those are told that the chosen tool loads', async () => {
  const copy = privateCopy(temporaryDirectory(), '');
  mkdirSync(copy.tree, { recursive: true });
  writeFileSync(join(copy.tree, 'main.tf'), provisioner('one', ''));
  writeFileSync(join(copy.tree, 'main.tofu'), provisioner('two', 'when = destroy'));
  const told = async (tool: ToolName): Promise<unknown> =>
    (await sourceProvisioners(nodeFiles(), copy, tool)).map(({ address, provisioners }) => [
      address,
      provisioners.map(({ moment }) => moment),
    ]);
  expect(await told('terraform')).toEqual([['terraform_data.one', ['create']]]);
  expect(await told('tofu')).toEqual([['terraform_data.two', ['destroy']]]);
});

test.each<[ToolName, string, string]>([
  ['terraform', 'a_override.tf', 'main.tf'],
  ['tofu', 'a_override.tofu', 'main.tofu'],
  ['tofu', 'override.tofu', 'z.tofu'],
])('[TERRAFORM-24] for %s, what %s says overrides %s, though its name comes first', async (tool, overriding, other) => {
  const copy = privateCopy(temporaryDirectory(), '');
  mkdirSync(copy.tree, { recursive: true });
  writeFileSync(join(copy.tree, other), provisioner('one', ''));
  writeFileSync(join(copy.tree, overriding), provisioner('one', 'when = destroy'));
  const [told] = await sourceProvisioners(nodeFiles(), copy, tool);
  expect(told?.provisioners.map(({ moment }) => moment)).toEqual(['destroy']);
});
