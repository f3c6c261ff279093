import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../../../src/adapters/index.ts';
import { realTerraformPlace, terraformPlace } from '../../../../src/surfaces/cli/flags/terraform-place.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

test('[TERRAFORM-20] -chdir names the directory below, wherever it stands among the options', () => {
  expect(terraformPlace('/repo', ['-target=t.a'])).toEqual({ directory: '/repo', argv: ['-target=t.a'] });
  expect(terraformPlace('/repo', ['-chdir=infra/prod', 'apply', '-target=t.a'])).toEqual({
    directory: '/repo/infra/prod',
    argv: ['apply', '-target=t.a'],
  });
  expect(terraformPlace('/repo', ['plan', '--chdir=/repo/infra'])).toEqual({
    directory: '/repo/infra',
    argv: ['plan'],
  });
  expect(terraformPlace('/repo', ['-chdir=.'])).toEqual({ directory: '/repo', argv: [] });
  expect(terraformPlace('/repo', ['-chdir=..hidden'])).toEqual({ directory: '/repo/..hidden', argv: [] });
});

test('[TERRAFORM-20, L13] -chdir out of the directory, without a value or twice is refused', () => {
  for (const out of ['..', '../other', '/', 'a/../../b', '/repository']) {
    expect(() => terraformPlace('/repo', [`-chdir=${out}`])).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: "the option -chdir can't be followed",
        hint: `${out} leads out of /repo: name the directory with --dir`,
        where: '/repo',
      }),
    );
  }
  for (const argv of [['-chdir'], ['-chdir='], ['-chdir=a', '-chdir=b']]) {
    expect(() => terraformPlace('/repo', argv)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'it is given once, as -chdir=SUB' }),
    );
  }
});

test('[TERRAFORM-20, L13] -chdir through a link is followed inside of the directory, and refused where it leads out', async () => {
  const root = temporaryDirectory();
  const repo = join(root, 'repo');
  mkdirSync(join(repo, 'live'), { recursive: true });
  mkdirSync(join(root, 'other', 'live'), { recursive: true });
  symlinkSync(repo, join(root, 'linked'));
  symlinkSync('live', join(repo, 'inside'));
  symlinkSync('../other', join(repo, 'outside'));
  const at = async (...argv: readonly string[]): Promise<string> =>
    (await realTerraformPlace(nodeFiles(), join(root, 'linked'), argv)).directory;
  expect(await at('plan')).toBe(join(root, 'linked'));
  expect(await at('-chdir=inside')).toBe(join(root, 'linked', 'inside'));
  expect(await at('-chdir=not-there')).toBe(join(root, 'linked', 'not-there'));
  for (const out of ['outside', 'outside/live']) {
    await expect(at(`-chdir=${out}`)).rejects.toMatchObject({
      code: 'USAGE',
      message: "the option -chdir can't be followed",
      hint: `${out} leads out of ${join(root, 'linked')}: name the directory with --dir`,
    });
  }
});
