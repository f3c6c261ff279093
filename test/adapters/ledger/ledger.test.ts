import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { openHolds } from '../../../src/adapters/ledger/open-holds.ts';
import { type OpenLedger, openLedger } from '../../../src/adapters/ledger/open-ledger.ts';
import { systemRandom } from '../../../src/adapters/random/system-random.ts';
import type { Outcome } from '../../../src/kernel/index.ts';
import type { Intent } from '../../../src/loop/execute/index.ts';

const PROGRAM = join(import.meta.dirname, 'fixtures/hold-or-fill.ts');

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-ledger-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function open(directory: string, busyDeadlineMs?: number): Promise<OpenLedger> {
  const ledger = await openLedger({ directory, clock: systemClock(), random: systemRandom(), busyDeadlineMs });
  onTestFinished(() => ledger.close());
  return ledger;
}

function intentOf(name: string, nonces: readonly string[] = [`nonce-${name}`]): Intent {
  const bundleDigest = name.repeat(64).slice(0, 64);
  return {
    claim: `claim-${name}`,
    proposal: `p-${name}`,
    bundleDigest,
    nonces,
    runDirectory: `/runs/${name}`,
    atMs: 7,
  };
}

const OUTCOME: Outcome = {
  kind: 'partial',
  resources: [{ address: 'a', action: 'create', status: 'done', id: '1' }],
  end: { kind: 'exited', code: 1 },
  because: ['half'],
  evidence: [],
};

test('[EXECUTE-10, L4, L5] an intent is kept with all that a recovery needs, and its first end stays', async () => {
  const directory = makeDirectory();
  const ledger = await open(directory);
  expect(await ledger.find(intentOf('a').bundleDigest)).toBeUndefined();
  expect(await ledger.intend(intentOf('a'))).toEqual({ kind: 'intended' });
  expect(await ledger.find(intentOf('a').bundleDigest)).toEqual({ intent: intentOf('a'), end: undefined });
  expect(await ledger.unfinished()).toEqual([{ intent: intentOf('a'), end: undefined }]);
  await ledger.conclude('claim-a', { kind: 'executed', outcome: OUTCOME });
  await ledger.conclude('claim-a', { kind: 'stale', differences: [] });
  const reopened = await open(directory);
  expect(await reopened.find(intentOf('a').bundleDigest)).toEqual({
    intent: intentOf('a'),
    end: { kind: 'executed', outcome: OUTCOME },
  });
  expect(await reopened.unfinished()).toEqual([]);
});

test('[EXECUTE-10, L4, L5] a bundle and a nonce are taken once for ever, and all or nothing', async () => {
  const ledger = await open(makeDirectory());
  await ledger.intend(intentOf('a', ['n1', 'n2']));
  expect(await ledger.intend({ ...intentOf('a', ['n3']), claim: 'again' })).toEqual({
    kind: 'used',
    what: 'the bundle',
    claim: 'claim-a',
  });
  expect(await ledger.intend(intentOf('b', ['n4', 'n2']))).toEqual({
    kind: 'used',
    what: 'the nonce n2',
    claim: 'claim-a',
  });
  expect(await ledger.find(intentOf('b').bundleDigest)).toBeUndefined();
  expect(await ledger.intend(intentOf('c', ['n3', 'n4']))).toEqual({ kind: 'intended' });
  await ledger.conclude('claim-c', { kind: 'stale', differences: [{ name: 'x', sealed: 1, found: 2 }] });
  expect(await ledger.intend({ ...intentOf('c', ['n5']), claim: 'again' })).toMatchObject({ kind: 'used' });
  const grant = await ledger.intend(intentOf('d', []));
  expect(grant).toEqual({ kind: 'intended' });
});

test('[EXECUTE-23, L1] every use of a grant is counted, whatever came of it, and one that was judged on an old count is refused', async () => {
  const directory = makeDirectory();
  const [ledger, other] = [await open(directory), await open(directory)];
  const use = (name: string, grant: string, usedBefore: number): Intent => ({
    ...intentOf(name, []),
    grant: { name: grant, usedBefore },
  });
  expect(await ledger.grantsUsed()).toEqual({});
  await ledger.intend(intentOf('a'));
  expect(await ledger.intend(use('b', 'echoes', 0))).toEqual({ kind: 'intended' });
  expect(await other.intend(use('c', 'echoes', 0))).toEqual({
    kind: 'used',
    what: 'the grant echoes',
    claim: 'claim-b',
  });
  expect(await other.find(intentOf('c').bundleDigest)).toBeUndefined();
  await ledger.conclude('claim-b', { kind: 'stale', differences: [] });
  expect(await other.intend(use('c', 'echoes', 1))).toEqual({ kind: 'intended' });
  expect(await ledger.intend(use('d', 'echoes', 1))).toMatchObject({ kind: 'used', claim: 'claim-c' });
  expect(await ledger.intend(use('d', '__proto__', 0))).toEqual({ kind: 'intended' });
  expect(await (await open(directory)).grantsUsed()).toEqual(
    Object.fromEntries([
      ['echoes', 2],
      ['__proto__', 1],
    ]),
  );
  expect(await ledger.find(intentOf('b').bundleDigest)).toMatchObject({ intent: intentOf('b', []) });
});

test('[EXECUTE-23, EXECUTE-10] a ledger of the first version keeps its lines, which count for no grant', async () => {
  const directory = makeDirectory();
  const old = new DatabaseSync(join(directory, 'ledger.sqlite'));
  old.exec(`
    create table intents (claim text primary key, proposal text not null, bundle text not null unique,
      run_directory text not null, at_ms integer not null, nonces text not null, ending text) strict;
    create table nonces (nonce text primary key, claim text not null references intents) strict;
    insert into intents values ('claim-a', 'p-a', '${'a'.repeat(64)}', '/runs/a', 7, '["nonce-a"]', null);
    insert into nonces values ('nonce-a', 'claim-a');
    pragma user_version = 1;
  `);
  old.close();
  for (const ledger of [await open(directory), await open(directory)]) {
    expect(await ledger.unfinished()).toEqual([{ intent: intentOf('a'), end: undefined }]);
    expect(await ledger.grantsUsed()).toEqual({});
  }
  const ledger = await open(directory);
  expect(await ledger.intend({ ...intentOf('b', []), grant: { name: 'g', usedBefore: 0 } })).toEqual({
    kind: 'intended',
  });
  expect(await ledger.grantsUsed()).toEqual({ g: 1 });
});

test('[EXECUTE-04, L5] of two processes’ ledgers that take one bundle at once, one gets it', async () => {
  const directory = makeDirectory();
  const ledgers = await Promise.all([open(directory), open(directory), open(directory)]);
  const answers = await Promise.all(
    ledgers.map(async (ledger, index) => await ledger.intend({ ...intentOf('a'), claim: `claim-${index}` })),
  );
  expect(answers.filter((answer) => answer.kind === 'intended')).toHaveLength(1);
});

test('[EXECUTE-10] oldest first, unfinished ones only', async () => {
  const ledger = await open(makeDirectory());
  await ledger.intend({ ...intentOf('a'), atMs: 3 });
  await ledger.intend({ ...intentOf('b'), atMs: 1 });
  await ledger.intend({ ...intentOf('c'), atMs: 2 });
  await ledger.conclude('claim-c', { kind: 'stale', differences: [] });
  expect((await ledger.unfinished()).map((entry) => entry.intent.claim)).toEqual(['claim-b', 'claim-a']);
});

test('[EXECUTE-09, L4] a disk that takes no more refuses the intent, and what was taken before stays', () => {
  const directory = makeDirectory();
  // The limit on file sizes makes the operating system itself refuse the write, in a process of its own.
  const command = `trap '' XFSZ; ulimit -f 256; exec "${process.execPath}" "${PROGRAM}" fill "${directory}"`;
  const filled = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
  expect(filled.stderr).toBe('');
  const told = JSON.parse(filled.stdout) as { taken: number; code: string; kept: number };
  expect(told.code).toBe('LEDGER_WRITE_FAILED');
  expect(told.taken).toBeGreaterThan(2);
  expect(told.kept).toBe(told.taken);
});

test('[EXECUTE-09] a ledger that somebody locks for ever is a failed write, not a wait without end', async () => {
  const directory = makeDirectory();
  const ledger = await open(directory, 30);
  const other = new DatabaseSync(join(directory, 'ledger.sqlite'));
  other.exec('begin immediate');
  await expect(ledger.intend(intentOf('a'))).rejects.toMatchObject({ code: 'LEDGER_WRITE_FAILED' });
  other.exec('rollback');
  other.close();
  expect(await ledger.intend(intentOf('a'))).toEqual({ kind: 'intended' });
});

test('[EXECUTE-10, EXECUTE-18] the ledger is private, and a file that is none or a newer one is refused', async () => {
  const directory = makeDirectory();
  await open(directory);
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
  const newer = new DatabaseSync(join(directory, 'ledger.sqlite'));
  newer.exec('pragma user_version = 9');
  newer.close();
  await expect(open(directory)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: "the runner's ledger can't be read: it has version 9, this program knows 2",
  });
  const other = makeDirectory();
  writeFileSync(
    join(other, 'ledger.sqlite'),
    'this is no database, and long enough to be looked at as one '.repeat(20),
  );
  await expect(open(other)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

test('[EXECUTE-02, EXECUTE-04] a hold is one living process’s, within it as well, until it is given up', async () => {
  const directory = makeDirectory();
  const [mine, yours] = [openHolds({ directory }), openHolds({ directory })];
  const hold = await mine.take('c1');
  expect(hold).toBeDefined();
  expect(await mine.take('c1')).toBeUndefined();
  expect(await yours.take('c1')).toBeUndefined();
  expect(await askOther(directory, 'c1')).toBe('taken by others');
  const other = await yours.take('c2');
  expect(other).toBeDefined();
  await hold?.release();
  await hold?.release();
  const again = await yours.take('c1');
  expect(again).toBeDefined();
  await again?.release();
  await other?.release();
  expect(readdirSync(join(directory, 'holds'))).toEqual([]);
});

test('[EXECUTE-02] a hold ends with its process, however that dies', async () => {
  const directory = makeDirectory();
  const child = spawn(process.execPath, [PROGRAM, 'hold', directory, 'c1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const holds = openHolds({ directory });
  expect(await holds.take('c1')).toBeUndefined();
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const hold = await holds.take('c1');
  expect(hold).toBeDefined();
  await hold?.release();
});

test('[EXECUTE-02] a claim from a hostile record never leads out of the directory', async () => {
  const directory = makeDirectory();
  const hold = await openHolds({ directory }).take('../../outside');
  expect(readdirSync(join(directory, 'holds'))[0]).toMatch(/^[0-9a-f]{64}\.lock$/);
  await hold?.release();
});

test('[EXECUTE-09] a hold that can’t be made is a failure', async () => {
  const directory = makeDirectory();
  writeFileSync(join(directory, 'holds'), 'in the way');
  await expect(openHolds({ directory }).take('c1')).rejects.toMatchObject({ code: 'LEDGER_WRITE_FAILED' });
});

async function askOther(directory: string, claim: string): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, 'try', directory, claim], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return said.trim();
}
