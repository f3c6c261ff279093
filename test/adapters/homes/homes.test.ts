import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { assessLevel, type Homes, mayUse, readCaller, readHomes } from '../../../src/adapters/index.ts';
import { needs } from '../../real/needs.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

test('[CLI-10] the four homes lie beside each other, and each can be put elsewhere', () => {
  expect(readHomes({ COUNTERSIGN_HOME: '/srv/cs' }, 'linux')).toEqual({
    state: '/srv/cs',
    trust: '/srv/cs-trust',
    runner: '/srv/cs-runner',
    verifier: '/srv/cs-verifier',
  });
  expect(
    readHomes(
      { COUNTERSIGN_HOME: '/srv/cs', COUNTERSIGN_TRUST_HOME: '/etc/cs', COUNTERSIGN_RUNNER_HOME: '/r' },
      'linux',
    ),
  ).toMatchObject({ trust: '/etc/cs', runner: '/r', verifier: '/srv/cs-verifier' });
});

test('[CLI-10] without COUNTERSIGN_HOME the platform decides, and a relative XDG_DATA_HOME is ignored', () => {
  expect(readHomes({ XDG_DATA_HOME: '/data' }, 'linux').state).toBe('/data/countersign');
  expect(readHomes({ XDG_DATA_HOME: 'data' }, 'linux').state).toMatch(/\/\.local\/share\/countersign$/);
  expect(readHomes({}, 'darwin').state).toMatch(/\/Library\/Application Support\/countersign$/);
  expect(readHomes({ COUNTERSIGN_HOME: '' }, 'linux').state).toMatch(/\/\.local\/share\/countersign$/);
});

test('[CLI-10, L15] what belongs to this account is advisory, and every reason is said', async () => {
  const root = temporaryDirectory();
  const homes = readHomes({ COUNTERSIGN_HOME: join(root, 'home') }, 'linux');
  const bare = await assessLevel(homes);
  expect(bare.kind).toBe('advisory');
  expect(bare.because.filter((why) => why.endsWith('not set up yet'))).toHaveLength(3);
  for (const home of [homes.trust, homes.runner, homes.verifier]) mkdirSync(home, { mode: 0o700 });
  const own = await assessLevel(homes);
  expect(own.kind).toBe('advisory');
  expect(own.because.filter((why) => why.endsWith('belong to this account'))).toEqual([
    `the trust file (${homes.trust}) belong to this account`,
    `the runner's keys and ledger (${homes.runner}) belong to this account`,
    `the verifier's keys (${homes.verifier}) belong to this account`,
  ]);
});

test('[CLI-10, L15] a record that this account can write is a reason of its own', async () => {
  const root = temporaryDirectory();
  const homes = readHomes({ COUNTERSIGN_HOME: join(root, 'home') }, 'linux');
  const ofTheRecord = async (): Promise<readonly string[]> =>
    (await assessLevel(homes)).because.filter((why) => why.startsWith('the record '));
  expect(await ofTheRecord()).toEqual([]);
  mkdirSync(homes.state, { mode: 0o700 });
  const reason = `the record (${join(homes.state, 'record.sqlite')}) is writable by this account: what is forged there is found by \`countersign record verify\`, and delays or misleads, but the runner checks signatures itself`;
  expect(await ofTheRecord()).toEqual([reason]);
  chmodSync(homes.state, 0o500);
  expect(await ofTheRecord()).toEqual([reason]);
});

// Directories of root stand for those of other users; a test that runs as root asks as the user nobody.
needs('root-home')('[CLI-10, L15] homes of other users are enforced, until the record is open', async () => {
  const theirs = { trust: '/usr', runner: '/root', verifier: '/root' };
  expect(await levelForUnprivileged({ ...theirs, state: '/usr' })).toEqual({
    kind: 'enforced',
    because: ['keys, ledger, trust file and record belong to other users than this account'],
  });
  // Anybody can write in the directory for temporary files, though it belongs to root.
  expect(await levelForUnprivileged({ ...theirs, state: '/tmp' })).toEqual({
    kind: 'advisory',
    because: [expect.stringMatching(/^the record \(.*\) is writable by this account/)],
  });
});

const NOBODY = 65_534;

async function levelForUnprivileged(homes: Homes): Promise<unknown> {
  if (process.getuid?.() !== 0) return await assessLevel(homes);
  const source = fileURLToPath(new URL('../../../src/adapters/homes/assess-level.ts', import.meta.url));
  const script = `import { assessLevel } from ${JSON.stringify(source)};
    process.setuid(${NOBODY});
    process.stdout.write(JSON.stringify(await assessLevel(${JSON.stringify(homes)})));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

test('[CLI-10] a home that is not there yet may be used; a file is no home', async () => {
  const root = temporaryDirectory();
  expect(await mayUse(join(root, 'new'))).toBe(true);
  mkdirSync(join(root, 'there'));
  chmodSync(join(root, 'there'), 0o700);
  expect(await mayUse(join(root, 'there'))).toBe(true);
});

test('[CLI-08, L1] an agent is told by its name or by its marks, with session and model; nobody else is one', () => {
  expect(readCaller({ COUNTERSIGN_AGENT: 'a', COUNTERSIGN_SESSION: 's', COUNTERSIGN_MODEL: 'm' })).toMatchObject({
    kind: 'agent',
    name: 'a',
    session: 's',
    model: 'm',
  });
  expect(readCaller({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'c' })).toMatchObject({
    kind: 'agent',
    name: 'claude-code',
    session: 'c',
  });
  for (const unset of [{}, { CLAUDECODE: '' }, { CLAUDECODE: '0' }, { COUNTERSIGN_AGENT: '' }]) {
    expect(readCaller(unset).kind).toBe('person');
  }
});
