import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInForeground } from '../../../src/adapters/foreground/run-in-foreground.ts';

const spec = (script: string) => ({ file: '/bin/sh', args: ['-c', script], directory: tmpdir(), environment: {} });

test('[RANGE-06] how a program ended is told as it was', async () => {
  expect(await runInForeground(spec('exit 7'))).toEqual({ kind: 'exited', code: 7 });
  expect(await runInForeground(spec('kill -TERM $$'))).toEqual({ kind: 'signalled', signal: 'SIGTERM' });
  expect(await runInForeground({ ...spec(''), file: '/nowhere/x' })).toMatchObject({ kind: 'not-started' });
});

test('[RANGE-06, RANGE-05] the program reads and writes the streams of the person, and inherits nothing else', () => {
  const module = join(import.meta.dirname, '../../../src/adapters/foreground/run-in-foreground.ts');
  const script = 'read line; echo "read $line, secret $SECRET."; echo trouble >&2';
  const run = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { runInForeground } from ${JSON.stringify(module)}; await runInForeground(${JSON.stringify(spec(script))});`,
    ],
    { input: 'practice-db\n', encoding: 'utf8', env: { SECRET: 'hunter2' } },
  );
  expect(run.stdout).toBe('read practice-db, secret .\n');
  expect(run.stderr).toBe('trouble\n');
});
