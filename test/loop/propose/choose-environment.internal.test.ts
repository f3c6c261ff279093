import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseEnvironment } from '../../../src/loop/propose/choose-environment.ts';

const none = { inherited: {}, variables: [], secretVariables: [] };

test('[PROPOSE-06, L3] only the allow-list is inherited, and PATH keeps its absolute entries once', () => {
  expect(
    chooseEnvironment({
      ...none,
      inherited: {
        PATH: '/usr/bin::.:bin:/usr/bin:/bin',
        HOME: '/home/ann',
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        TMPDIR: '/tmp',
        AWS_SECRET_ACCESS_KEY: 'x',
        LD_PRELOAD: 'x',
        NODE_OPTIONS: 'x',
      },
    }),
  ).toEqual({
    variables: { PATH: '/usr/bin:/bin', HOME: '/home/ann', LANG: 'C.UTF-8', TZ: 'UTC', TMPDIR: '/tmp' },
    secretVariables: [],
  });
  expect(chooseEnvironment(none)).toEqual({ variables: { PATH: '' }, secretVariables: [] });
});

test('[PROPOSE-06] what is asked for by name is taken or set, and overrides the allow-list', () => {
  expect(
    chooseEnvironment({
      inherited: { A: 'inherited', TOKEN: 't', KEY: 'k', HOME: '/home/ann', EMPTY: '' },
      variables: ['A', 'B=set=twice', 'C=', 'HOME=/elsewhere', 'EMPTY'],
      secretVariables: ['TOKEN', 'KEY'],
    }),
  ).toEqual({
    variables: { PATH: '', A: 'inherited', B: 'set=twice', C: '', HOME: '/elsewhere', EMPTY: '', TOKEN: 't', KEY: 'k' },
    secretVariables: ['KEY', 'TOKEN'],
  });
});

test.each([
  [{ variables: ['UNSET'] }, 'the variable UNSET is not set', 'set it, or write --env UNSET=VALUE'],
  [{ variables: ['1A=x'] }, 'the variable 1A is not the name of a variable', 'use letters, digits and _'],
  [{ variables: ['=x'] }, 'the variable  is not the name of a variable', 'use letters, digits and _'],
  [{ variables: ['A\u202E=x'] }, 'the variable A⟨U+202E⟩ is not the name of a variable', 'use letters, digits and _'],
  [
    { variables: ['COUNTERSIGN_RUN=x'] },
    'the variable COUNTERSIGN_RUN is set by Countersign itself',
    'use another name',
  ],
  [{ variables: ['A=1', 'A=2'] }, 'the variable A is asked for twice', 'ask for it once, as --env or as --secret-env'],
  [
    { variables: ['T'], secretVariables: ['T'] },
    'the variable T is asked for twice',
    'ask for it once, as --env or as --secret-env',
  ],
  [
    { secretVariables: ['T=value'] },
    'the variable T is secret and was written on the command line',
    'set it in the environment and ask for it by its name: --secret-env NAME',
  ],
  [{ secretVariables: ['EMPTY'] }, 'the variable EMPTY is secret and empty', 'set it, or leave it out'],
  [
    { variables: ['A=\0'] },
    'the variable A has a value that no program can be given',
    'shorten it, and leave out NUL and broken characters',
  ],
  [
    { variables: [`A=${'x'.repeat(100_001)}`] },
    'the variable A has a value that no program can be given',
    'shorten it, and leave out NUL and broken characters',
  ],
  [
    { variables: ['A=\uD800'] },
    'the variable A has a value that no program can be given',
    'shorten it, and leave out NUL and broken characters',
  ],
])('[PROPOSE-06, L13] %j is refused', (wish, message, hint) => {
  const inherited = { T: 'secret', EMPTY: '' };
  try {
    chooseEnvironment({ ...none, ...wish, inherited });
    expect.unreachable();
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'USAGE', message, hint });
  }
});

test('[PROPOSE-06, L3, L13] a variable that makes programs load code is refused, in the clear, by its name and as a secret', () => {
  for (const [name, why] of [
    ['LD_PRELOAD', 'makes the dynamic linker load libraries into every program'],
    ['GIT_CONFIG_COUNT', 'sets any option of Git, and many of them are commands'],
    ['TF_CLI_ARGS_apply', 'adds arguments that nobody sees'],
    ['EDITOR', 'names a program or commands that are run where a text is to be edited'],
  ] as const) {
    const refusal = {
      code: 'USAGE',
      message: `the variable ${name} makes programs load code that is not in the plan: it ${why}`,
      hint: 'leave it out: what it loads would run without anybody having approved it',
    };
    const inherited = { [name]: 'x' };
    for (const wish of [{ variables: [name] }, { variables: [`${name}=x`] }, { secretVariables: [name] }]) {
      expect(() => chooseEnvironment({ ...none, inherited, ...wish })).toThrow(expect.objectContaining(refusal));
    }
  }
  expect(
    chooseEnvironment({ ...none, inherited: { PAGER: '' }, variables: ['PAGER', 'AWS_PAGER='] }).variables,
  ).toEqual({
    PATH: '',
    PAGER: '',
    AWS_PAGER: '',
  });
  const harmless = ['NODE_EXTRA_CA_CERTS', 'ENVIRONMENT', 'MY_ENV', 'LD', 'OLD_X', 'GIT_AUTHOR_NAME', 'ld_preload'];
  const chosen = chooseEnvironment({ ...none, variables: harmless.map((name) => `${name}=x`) });
  expect(Object.keys(chosen.variables)).toEqual(['PATH', ...harmless]);
});

test('[PROPOSE-06, L11] whatever the caller has, nothing comes in that was not asked for', () => {
  const name = fc.constantFrom('PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'A', 'B', 'SECRET', 'LD_PRELOAD', 'TF_VAR_x');
  let asked = 0;
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), fc.uniqueArray(name), (inherited, wanted) => {
      const variables = wanted.filter((one) => inherited[one] !== undefined && one !== 'LD_PRELOAD');
      asked += variables.length;
      const chosen = chooseEnvironment({ inherited, variables, secretVariables: [] });
      const known = new Set(['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', ...variables]);
      expect(Object.keys(chosen.variables).filter((one) => !known.has(one))).toEqual([]);
      for (const one of variables) expect(chosen.variables[one]).toBe(inherited[one]);
    }),
  );
  expect(asked).toBeGreaterThan(50);
});
