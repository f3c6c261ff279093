import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { openMachine } from '../../../src/adapters/index.ts';
import type { ExecutionTrace } from '../../../src/tools/index.ts';
import { type ArgvWorld, openArgvWorld, runBundle } from '../../support/argv-world.ts';

const worlds: ArgvWorld[] = [];
const world = (): ArgvWorld => {
  const opened = openArgvWorld();
  worlds.push(opened);
  return opened;
};
afterEach(() => {
  for (const opened of worlds.splice(0)) opened.close();
});
const { hash } = openMachine();

test('[ARGV-01, L3] a command is sealed by its bytes, and nothing of it runs while it is planned', async () => {
  const { bundle, write, directory, outside } = world();
  write('notes/a.txt', 'hello');
  write('.git/index', 'left out');
  const touched = join(outside, 'touched');
  const { planned } = await bundle(['sh', '-c', `echo x > ${touched}`], {
    environment: { PATH: '/usr/bin:/bin', LANG: 'C', TOKEN: 'hunter2' },
    secretVariables: ['TOKEN'],
    stdin: Buffer.from('typed'),
  });
  expect(existsSync(touched)).toBe(false);
  expect(planned.tool).toEqual({
    path: expect.stringMatching(/^\/(usr\/)?bin\/sh$/),
    digest: hash(readFileSync('/bin/sh')),
    version: '',
  });
  expect(planned.argv).toEqual(['-c', `echo x > ${touched}`]);
  expect(planned.environmentVariables).toEqual({
    PATH: '/usr/bin:/bin',
    LANG: 'C',
    COUNTERSIGN_DIRECTORY: directory,
  });
  expect(planned.blobs.map(({ name, readers }) => [name, readers])).toEqual([
    ['directory', 'runner'],
    ['listing', 'everybody'],
    ['stdin', 'runner'],
  ]);
  expect(JSON.parse(Buffer.from(planned.blobs[1]?.content ?? []).toString())).toEqual({
    entries: [
      { kind: 'directory', path: 'notes' },
      { kind: 'file', path: 'notes/a.txt', digest: hash('hello'), sizeBytes: 5, isExecutable: false },
    ],
  });
  expect(planned.facts).toEqual([
    { name: 'argv.directory', role: 'binding', value: directory },
    { name: 'argv.host', role: 'binding', value: 'test-host' },
    { name: 'argv.program', role: 'binding', value: planned.tool.path },
    { name: 'tool.digest', role: 'version', value: planned.tool.digest },
  ]);
  expect(planned.checks).toEqual([]);
  expect(JSON.stringify([planned.preview, planned.facts])).not.toContain('hunter2');
});

test('[ARGV-02, L3] what runs is the copy that was sealed, with its input and its whole environment', async () => {
  const { bundle, write, driver, directory, outside } = world();
  write('deploy.sh', '#!/bin/sh\ncat ./version; cat -; env | sort; echo "$@"; echo done > relative\n', 0o755);
  write('version', 'one ');
  const opened = await bundle(['./deploy.sh', 'a  b', '$HOME', '*'], {
    environment: { PATH: '/usr/bin:/bin', TOKEN: 'hunter2' },
    secretVariables: ['TOKEN'],
    stdin: Buffer.from('typed\n'),
  });
  write('version', 'two ');
  write('deploy.sh', `#!/bin/sh\necho evil > ${outside}/evil\n`, 0o755);
  const { code, stdout, stderr } = await runBundle(driver, opened);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^one typed\n/);
  const variables = stdout.split('\n').filter((line) => /^[A-Z_]+=/.test(line) && !/^(PWD|OLDPWD|_|SHLVL)=/.test(line));
  expect(variables).toEqual([`COUNTERSIGN_DIRECTORY=${directory}`, 'PATH=/usr/bin:/bin', 'TOKEN=hunter2']);
  expect(stdout).toContain('a  b $HOME *\n');
  expect(existsSync(join(outside, 'evil'))).toBe(false);
  expect(existsSync(join(directory, 'relative'))).toBe(false);
  expect(readFileSync(join(opened.runDirectory, 'copy', 'relative'), 'utf8')).toBe('done\n');
  expect(await driver.probe(opened.manifest, opened.blobs)).toEqual(opened.manifest.facts);
});

test('[ARGV-02] the directory may be gone: the sealed bytes stand for it', async () => {
  const { bundle, write, driver, directory } = world();
  write('x', 'sealed');
  const opened = await bundle(['cat', 'x']);
  rmSync(directory, { recursive: true });
  expect(await driver.probe(opened.manifest, opened.blobs)).toEqual(opened.manifest.facts);
  expect((await runBundle(driver, opened)).stdout).toBe('sealed');
});

test('[ARGV-02] a directory that is not the one of the listing does not run', async () => {
  const { bundle, write, driver } = world();
  write('x', 'one');
  const one = await bundle(['cat', 'x']);
  write('x', 'two');
  const two = await bundle(['cat', 'x']);
  const mixed = {
    ...one,
    blobs: new Map([...one.blobs, ['directory', two.blobs.get('directory') ?? new Uint8Array()]]),
  };
  await expect(driver.materialise(mixed)).rejects.toMatchObject({
    code: 'BLOB_CORRUPT',
    message: "the bundle of p-0123456789 can't run: the sealed directory is not the one that its listing names",
  });
  for (const blobs of [new Map(), new Map([['directory', Buffer.from('x')]])]) {
    await expect(driver.preview({ ...one, blobs })).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  }
  const broken = new Map([...one.blobs, ['listing', Buffer.from('{"entries": 1}')]]);
  await expect(driver.preview({ ...one, blobs: broken })).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
});

test('[ARGV-03] the preview shows the exact command, its scripts and its context, and says what it can’t', async () => {
  const { bundle, write, driver, directory } = world();
  write('scripts/go.sh', 'echo hi\n');
  const opened = await bundle(['sh', 'scripts/go.sh', "it's", '', '--x=1', 'a\u202Eb\n'], {
    environment: { PATH: '/usr/bin:/bin', NODE_OPTIONS: '--import=x', TOKEN: 'hunter2', LD_PRELOAD: 'lib.so' },
    secretVariables: ['TOKEN', 'LD_PRELOAD'],
    stdin: Buffer.from('12345'),
  });
  const { preview, tool } = opened.planned;
  const quoted = `${tool.path} scripts/go.sh 'it'\\''s' '' --x=1 'a⟨U+202E⟩b⟨U+000A⟩'`;
  expect(preview.text).toBe(quoted);
  expect(preview.unpredictable).toEqual([{ address: 'command', what: 'command', text: quoted }]);
  expect(preview.counts).toEqual({ destroys: 0, replaces: 0, creates: 0, updates: 0, runs: 1, others: 0 });
  const [resource, ...others] = preview.resources;
  expect(others).toEqual([]);
  expect([resource?.address, resource?.action]).toEqual(['command', 'run']);
  expect(resource?.attributes.map(({ path, after, isSensitive }) => [path, after, isSensitive])).toEqual([
    ['program', { path: tool.path, sha256: tool.digest }, false],
    ['directory', { path: directory, files: 1, sha256: opened.planned.sourceDigest }, false],
    ['environment.COUNTERSIGN_DIRECTORY', directory, false],
    ['environment.NODE_OPTIONS', '--import=x', false],
    ['environment.PATH', '/usr/bin:/bin', false],
    ['environment.LD_PRELOAD', '(sensitive)', true],
    ['environment.TOKEN', '(sensitive)', true],
    ['stdin', { sizeBytes: 5 }, false],
    ['file scripts/go.sh', { sha256: hash('echo hi\n'), sizeBytes: 8 }, false],
  ]);
  expect(preview.notes).toEqual([
    'What it does cannot be predicted: only a check that is red now and green afterwards can confirm it.',
    `It runs in a private copy of ${directory} without .git: what it writes by a relative path stays in the copy. COUNTERSIGN_DIRECTORY tells it where the directory itself lies.`,
    'LD_PRELOAD makes programs load code that is not in the arguments.',
    'NODE_OPTIONS makes programs load code that is not in the arguments.',
  ]);
  expect(await driver.preview(opened)).toEqual(preview);
  await driver.materialise(opened);
  expect(await driver.preview(opened)).toEqual(preview);
});

test('[ARGV-02, L3] a bundle whose environment makes programs load code does not run, clear or secret', async () => {
  const { bundle, driver } = world();
  for (const secretVariables of [[], ['LD_PRELOAD']]) {
    const opened = await bundle(['true'], { environment: { PATH: '/bin', LD_PRELOAD: '/evil.so' }, secretVariables });
    expect(() => driver.command(opened)).toThrow(
      expect.objectContaining({
        code: 'BLOB_CORRUPT',
        message:
          "the bundle of p-0123456789 can't run: LD_PRELOAD makes programs load code that nobody approved: " +
          'it makes the dynamic linker load libraries into every program',
      }),
    );
  }
  const environment = { PATH: '/bin', TF_CLI_CONFIG_FILE: '/dev/null' };
  expect(driver.command(await bundle(['true'], { environment })).environment).toMatchObject(environment);
  const secret = await bundle(['true'], { environment, secretVariables: ['TF_CLI_CONFIG_FILE'] });
  expect(() => driver.command(secret)).toThrow(expect.objectContaining({ code: 'BLOB_CORRUPT' }));
});

test('[ARGV-03, L12] whatever the arguments, the preview is one line that no terminal can be tricked by', async () => {
  const { bundle, driver } = world();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 4 }), async (args) => {
      const opened = await bundle(['true', ...args]);
      expect(opened.planned.argv).toEqual(args);
      expect(opened.planned.preview.text).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
      );
      expect(await driver.preview(opened)).toEqual(opened.planned.preview);
    }),
    { numRuns: 40 },
  );
});

const trace = (end: ExecutionTrace['end'], survivors = 0): ExecutionTrace => ({
  end,
  stdout: Buffer.from('all done, completed'),
  stderr: new Uint8Array(),
  survivors,
});

test.each([
  [trace({ kind: 'exited', code: 0 }), 'completed', 'done', 'it ended with exit code 0 and left no process behind'],
  [
    trace({ kind: 'exited', code: 0 }, 2),
    'indeterminate',
    'unknown',
    'it ended with exit code 0 and left 2 processes that go on',
  ],
  [
    trace({ kind: 'exited', code: 3 }),
    'indeterminate',
    'unknown',
    'it ended with exit code 3; what it had done by then is not known',
  ],
  [
    trace({ kind: 'signalled', signal: 'SIGTERM' }),
    'indeterminate',
    'unknown',
    'it was stopped by SIGTERM; what it had done by then is not known',
  ],
  [trace({ kind: 'lost' }), 'indeterminate', 'unknown', 'nobody saw how it ended'],
  [trace({ kind: 'not-started', why: 'ENOENT' }), 'no-effect', 'not-attempted', 'it never started: ENOENT'],
])('[ARGV-04, L6] %o is %s', async (how, kind, status, because) => {
  const { bundle, driver } = world();
  expect(await driver.observe(await bundle(['true']), how)).toEqual({
    kind,
    resources: [{ address: 'command', action: 'run', status }],
    end: how.end,
    because: [because],
    evidence: [],
  });
});

test('[ARGV-05, L3] a program that was replaced is another fact, and one that is gone is named', async () => {
  const { bundle, driver, outside } = world();
  const tool = join(outside, 'tool');
  writeFileSync(tool, '#!/bin/sh\necho one\n', { mode: 0o755 });
  const opened = await bundle([tool]);
  expect(opened.planned.tool.path).toBe(tool);
  writeFileSync(tool, '#!/bin/sh\necho two\n');
  const found = await driver.probe(opened.manifest, opened.blobs);
  expect(found.find(({ name }) => name === 'tool.digest')?.value).toBe(hash('#!/bin/sh\necho two\n'));
  expect(found.filter(({ name }) => name !== 'tool.digest')).toEqual(
    opened.manifest.facts.filter(({ name }) => name !== 'tool.digest'),
  );
  chmodSync(tool, 0o644);
  await expect(driver.probe(opened.manifest, opened.blobs)).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  unlinkSync(tool);
  await expect(driver.probe(opened.manifest, opened.blobs)).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    message: `the program ${tool} is gone`,
    where: tool,
  });
});

test('[ARGV-05] a program is found as a shell would find it, by the name that it was called', async () => {
  const { bundle, plan, outside, write, directory } = world();
  for (const place of ['first', 'second']) mkdirSync(join(outside, place));
  writeFileSync(join(outside, 'first', 'tool'), 'not executable');
  writeFileSync(join(outside, 'real'), '#!/bin/sh\n', { mode: 0o755 });
  symlinkSync(join(outside, 'real'), join(outside, 'second', 'tool'));
  mkdirSync(join(outside, 'first', 'folder'));
  const PATH = `relative:${outside}/first:${outside}/second/`;
  expect((await bundle(['tool'], { environment: { PATH } })).planned.tool).toEqual({
    path: `${outside}/second/tool`,
    digest: hash('#!/bin/sh\n'),
    version: '',
  });
  write('local.sh', '#!/bin/sh\n', 0o755);
  write('plain.sh', '#!/bin/sh\n');
  for (const name of ['./local.sh', `${directory}/local.sh`, 'sub/../local.sh', '../work/local.sh']) {
    expect((await bundle([name])).planned.tool).toEqual({
      path: '{run}/copy/local.sh',
      digest: hash('#!/bin/sh\n'),
      version: '',
    });
  }
  expect((await bundle(['../world/real'])).planned.tool.path).toBe(`${outside}/real`);
  for (const name of ['./plain.sh', 'local.sh', 'folder', './absent', `${outside}/first`]) {
    expect(await plan([name], { environment: { PATH } })).toEqual({
      kind: 'unplannable',
      why: `there is no program "${name}" on the search path or in ${directory}`,
      next: 'check the name; a script needs its execute permission (chmod +x)',
      text: '',
    });
  }
});

test('[ARGV-06, L13] what can’t be sealed whole is unplannable and says what to do', async () => {
  const { plan, directory, write, driver } = world();
  expect(await plan([])).toMatchObject({ why: 'there is no command', next: 'write the command after `--`' });
  expect(await plan([''])).toMatchObject({ why: 'there is no command' });
  for (const [place, environment] of [
    ['/', {}],
    [directory, { HOME: directory }],
  ] as const) {
    expect(await plan(['true'], { directory: place, environment: { PATH: '/bin', ...environment } })).toMatchObject({
      kind: 'unplannable',
      why: `${place} is too much to seal`,
      next: expect.stringContaining('--dir'),
    });
    const request = { proposal: '', directory: place, argv: ['true'], environment, secretVariables: [] };
    expect((await driver.identify(request)).sourceDigest).toBe(hash('too much to seal'));
  }
  write('inside', 'x');
  symlinkSync('/etc/passwd', join(directory, 'leads-out'));
  expect(await plan(['true'])).toMatchObject({
    kind: 'unplannable',
    why: expect.stringContaining('leads-out points to an absolute path'),
    next: 'replace the link by the file that it points to',
  });
});

test('[ARGV-01] the identity is the command as it was written and the bytes of the directory', async () => {
  const { driver, write, directory } = world();
  const ask = async () =>
    await driver.identify({ proposal: '', directory, argv: ['a', 'b'], environment: {}, secretVariables: [] });
  write('x', 'one');
  const first = await ask();
  expect(first.argv).toEqual(['a', 'b']);
  write('.git/HEAD', 'changes all the time');
  expect(await ask()).toEqual(first);
  write('x', 'two');
  const second = await ask();
  expect(second.sourceDigest).not.toBe(first.sourceDigest);
  symlinkSync('/etc/passwd', join(directory, 'leads-out'));
  const broken = await ask();
  expect(broken.sourceDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(broken.sourceDigest).not.toBe(second.sourceDigest);
});

test('[ARGV-01, L11] secret values and what was typed are masked from the output', async () => {
  const { bundle, driver } = world();
  const opened = await bundle(['true'], {
    environment: { PATH: '/bin', TOKEN: 'hunter2' },
    secretVariables: ['TOKEN'],
    stdin: Buffer.from('password one\r\n  abc\nabcd  \n\npassword one'),
  });
  expect(driver.secrets(opened)).toEqual(['hunter2', 'password one', 'abcd']);
  expect(driver.secrets(await bundle(['true']))).toEqual([]);
  const without = { ...opened, blobs: new Map([...opened.blobs].filter(([name]) => name !== 'environment')) };
  expect(() => driver.secrets(without)).toThrow('the sealed environment of p-0123456789 is not what it names');
  for (const values of ['{"TOKEN":1}', '{"OTHER":"x"}', '{"TOKEN":"x","OTHER":"y"}', 'no json']) {
    const broken = { ...opened, blobs: new Map([...opened.blobs, ['environment', Buffer.from(values)]]) };
    expect(() => driver.command(broken)).toThrow('is not what it names');
  }
});
