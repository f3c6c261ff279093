import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles, nodeProcesses } from '../../../src/adapters/index.ts';
import { askedTool, chooseTool, toolName } from '../../../src/tools/terraform/choose-tool.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

type Stage = {
  readonly choose: (argv: readonly string[]) => Promise<string>;
  readonly install: (name: string) => void;
  readonly write: (path: string) => void;
  readonly bin: string;
};

function stage(): Stage {
  const root = temporaryDirectory();
  const [bin, directory] = [join(root, 'bin'), join(root, 'infra')];
  mkdirSync(bin);
  mkdirSync(join(directory, 'below'), { recursive: true });
  const parts = { processes: nodeProcesses(), files: nodeFiles(), searchPath: bin };
  return {
    bin,
    choose: async (argv) => (await chooseTool(parts, { argv, directory })).slice(bin.length + 1),
    install: (name) => {
      writeFileSync(join(bin, name), '');
      chmodSync(join(bin, name), 0o755);
    },
    write: (path) => writeFileSync(join(directory, path), ''),
  };
}

test('[TERRAFORM-32] Terraform is what is used, unless OpenTofu is asked for, has files there, or is all there is', async () => {
  const { choose, install, write } = stage();
  install('tofu');
  write('main.tf');
  write('below/other.tofu');
  expect(await choose([])).toBe('tofu');
  install('terraform');
  expect(await choose([])).toBe('terraform');
  expect(await choose(['-target=tofu'])).toBe('terraform');
  expect(await choose(['tofu', 'plan'])).toBe('tofu');
  write('main.tofu');
  expect(await choose([])).toBe('tofu');
  expect(await choose(['terraform', 'plan'])).toBe('terraform');
});

test('[TERRAFORM-32] so are files of OpenTofu in JSON', async () => {
  const { choose, install, write } = stage();
  install('tofu');
  install('terraform');
  write('main.tofu.json');
  expect(await choose([])).toBe('tofu');
});

test('[TERRAFORM-32, L13] what is asked for and missing is refused by its name, and nothing else takes its place', async () => {
  const { choose, install, bin } = stage();
  await expect(choose([])).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    message: `there is no terraform in ${bin}`,
    hint: 'install Terraform, or put it on the PATH',
  });
  install('terraform');
  await expect(choose(['tofu'])).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    message: `there is no tofu in ${bin}`,
    hint: 'install OpenTofu, or put it on the PATH',
  });
});

test('[TERRAFORM-32] the program is told by its file, and by the words before the options', () => {
  expect(['/usr/bin/tofu', '/opt/tofu_1.9', '/tofu/terraform', ''].map(toolName)).toEqual([
    'tofu',
    'tofu',
    'terraform',
    'terraform',
  ]);
  expect(askedTool(['plan', 'tofu', '-x'])).toBe('tofu');
  expect(askedTool(['-var', 'tofu'])).toBeUndefined();
  expect(askedTool([])).toBeUndefined();
});
