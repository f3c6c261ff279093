/** What the command line says to a caller who typed it wrong. */

import { expect, test } from 'vitest';
import { typeCommandLine } from '../../support/command-line.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const environment = { COUNTERSIGN_HOME: temporaryDirectory() };

const MISTAKES: readonly {
  readonly args: readonly string[];
  readonly message: string;
  readonly help: string;
}[] = [
  { args: ['approve', '--json', 'p-x'], message: 'Expected input for flag --ssh-key', help: 'approve --help' },
  { args: ['bogus', '--json'], message: 'No command registered for `bogus`', help: '--help' },
  { args: ['list', '--json', '--limit', '0'], message: '--limit takes a whole number', help: 'list --help' },
  { args: ['show', '--json=true'], message: 'Expected argument for id', help: 'show --help' },
  { args: ['record', '--json'], message: 'No command registered for `--json`', help: 'record --help' },
  {
    args: ['propose', 'argv', '--json', '--target', 't'],
    message: 'Expected at least 1 argument(s) for command but found none\nExpected input for flag --intent',
    help: 'propose argv --help',
  },
];

test.each(MISTAKES)('[CLI-11, CLI-06, CLI-05] a usage error is a document under --json: $args', async (mistake) => {
  const ran = await typeCommandLine(environment, mistake.args);
  expect(JSON.parse(ran.stdout)).toStrictEqual({
    schema: 'countersign.failure/1',
    code: 'USAGE',
    message: expect.stringContaining(mistake.message) as string,
    hint: `read how it is called: countersign ${mistake.help}`,
    where: null,
  });
  expect([ran.code, ran.stderr]).toStrictEqual([2, '']);
});

test('[CLI-06, CLI-05] in text a usage error names the help to read, on stderr alone', async () => {
  const ran = await typeCommandLine(environment, ['approve', 'p-x']);
  expect(ran).toStrictEqual({
    code: 2,
    stdout: '',
    stderr:
      'countersign  Expected input for flag --ssh-key\n  next  read how it is called: countersign approve --help\n  USAGE\n',
  });
});

test.each([[['propose', 'argv', '--target', 't', '--', 'x', '--json']], [['show', '--json=false']]])(
  '[CLI-11] what does not ask for JSON gets text: %j',
  async (args) => {
    const ran = await typeCommandLine(environment, args);
    expect([ran.code, ran.stdout]).toStrictEqual([2, '']);
    expect(ran.stderr).toContain('USAGE');
  },
);

test('[CLI-05] help ends with 0 and says nothing on stderr', async () => {
  const ran = await typeCommandLine(environment, ['record', '--help']);
  expect([ran.code, ran.stderr]).toStrictEqual([0, '']);
  expect(ran.stdout).toContain('countersign record verify');
});
