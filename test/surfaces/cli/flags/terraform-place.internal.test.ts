import { expect, test } from 'vitest';
import { terraformPlace } from '../../../../src/surfaces/cli/flags/terraform-place.ts';

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
