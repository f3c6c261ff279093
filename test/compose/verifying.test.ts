/** The verifier's workers, as they are really put together: what they may not look at, and what they may not say. */

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { needs } from '../real/needs.ts';
import { addToTrust, errandOf, HOMES } from '../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const verifierTest = needs('ssh-keygen');
const fenceTest = needs('ssh-keygen', 'sandbox');

const PASSWORD = 'hunter2-hunter2';

/** Credentials as an operator lays them down, with what people write around them. */
function credentials(loop: RealLoop, text = `# read-only\n\nDB_PASSWORD=${PASSWORD}\n`): void {
  writeFileSync(join(`${loop.home}-verifier`, 'credentials.env'), text, { mode: 0o600 });
}

verifierTest(
  '[COMPOSE-04, VERIFY-20, L11] no check is put to any of the four homes, whoever asks for it',
  async () => {
    const loop = await realLoop();
    const { workers } = await compose(loop.environment).verifying();
    const ask = async (path: string): Promise<unknown> =>
      await workers.put(await errandOf(loop, { kind: 'file', question: { path, expect: { exists: true } } }));
    const paths = HOMES.flatMap((home) => ['some-file', 'not-there'].map((name) => join(`${loop.home}${home}`, name)));
    for (const path of paths.filter((one) => one.endsWith('some-file'))) writeFileSync(path, 'content');
    const refused = { answer: 'unknown', detail: expect.stringContaining('no check may look there') };
    const answers = await Promise.all(paths.map(async (path) => [path, await ask(path)]));
    expect(answers).toEqual(paths.map((path) => [path, expect.objectContaining(refused)]));
    expect(await ask(`${loop.key}.pub`)).toMatchObject({ kind: 'replied', answer: 'green' });
  },
  120_000,
);

verifierTest(
  '[COMPOSE-04, VERIFY-11, L11] an approved check has the verifier’s credentials, and its answer does not show them',
  async () => {
    const loop = await realLoop();
    credentials(loop);
    const { workers } = await compose(loop.environment).verifying();
    const says = { argv: ['sh', '-c', 'echo "with $DB_PASSWORD"'], expect: { stdout: { contains: 'with hunter2' } } };
    const answer = await workers.put(await errandOf(loop, { kind: 'command', question: says }));
    expect(answer).toMatchObject({ kind: 'replied', answer: 'green' });
    expect(JSON.stringify(answer)).toContain('with ');
    expect(JSON.stringify(answer)).not.toContain(PASSWORD);
    credentials(loop, 'DB_PASSWORD\n');
    await expect(compose(loop.environment).verifying()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: `${join(`${loop.home}-verifier`, 'credentials.env')}:1:1`,
    });
  },
  120_000,
);

verifierTest(
  '[COMPOSE-04, L11] of the verifier’s own environment a check gets what a program needs to find its way, and nothing else',
  async () => {
    const loop = await realLoop();
    const { workers } = await compose({ ...loop.environment, AWS_SECRET_ACCESS_KEY: PASSWORD }).verifying();
    const script = 'test -n "$PATH" && test -n "$HOME" && test -z "$AWS_SECRET_ACCESS_KEY$COUNTERSIGN_HOME"';
    const question = { argv: ['sh', '-c', script], expect: { exitCode: 0 } };
    expect(await workers.put(await errandOf(loop, { kind: 'command', question }))).toMatchObject({ answer: 'green' });
  },
  120_000,
);

fenceTest(
  '[COMPOSE-05, VERIFY-18, L1, L11] what an agent wrote and nobody approved sees neither keys, trust file nor credentials',
  async () => {
    const loop = await realLoop();
    credentials(loop);
    const secrets = [
      ...['-trust', '-runner', '-verifier'].map((home) => `${loop.home}${home}`),
      ...['.ssh', '.gnupg'].map((name) => join(loop.root, name)),
    ];
    for (const directory of secrets) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'some-file'), 'content');
    }
    const { workers } = await compose(loop.environment).verifying();
    const seenOf = async (isApproved: boolean): Promise<unknown> => {
      const files = [...secrets.map((directory) => join(directory, 'some-file')), `${loop.key}.pub`];
      const tests = files.map((file, index) => `if test -e '${file}'; then seen=$((seen + ${2 ** index})); fi`);
      const script = `seen=0; ${tests.join('; ')}; if test -n "$DB_PASSWORD"; then seen=$((seen + 64)); fi; exit $seen`;
      const question = { argv: ['sh', '-c', script], expect: { exitCode: 0 } };
      return await workers.put(await errandOf(loop, { kind: 'command', question }, { isApproved, origin: 'proposal' }));
    };
    expect(await seenOf(true)).toMatchObject({ observed: { exitCode: 127 } });
    expect(await seenOf(false)).toMatchObject({ observed: { exitCode: 32 } });
  },
  120_000,
);

fenceTest(
  '[COMPOSE-05, VERIFY-18, L1, L11] what nobody approved reads no credential of a cloud or a registry from the home, linked ones neither',
  async () => {
    const loop = await realLoop();
    const files = [
      ...['.aws/credentials', '.azure/msal_token_cache.json', '.config/gcloud/credentials.db', '.config/gh/hosts.yml'],
      ...['.docker/config.json', '.kube/config', '.netrc', '.terraform.d/credentials.tfrc.json', '.terraformrc'],
      ...['.vault-token', '.git-credentials', '.npmrc', '.pypirc'],
    ].map((name) => join(loop.root, name));
    mkdirSync(join(loop.root, 'elsewhere'));
    symlinkSync(join(loop.root, 'elsewhere'), join(loop.root, '.kube'));
    for (const file of files) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'hunter2');
    }
    const { workers } = await compose(loop.environment).verifying();
    const open = join(loop.root, 'open-to-all');
    writeFileSync(open, 'hunter2');
    const readBy = async (isApproved: boolean): Promise<unknown> => {
      const reads = [...files, join(loop.root, 'elsewhere/config'), open].map(
        (file) => `if test "$(cat '${file}' 2>/dev/null)" = hunter2; then seen=$((seen + 1)); fi`,
      );
      const question = { argv: ['sh', '-c', `seen=0; ${reads.join('; ')}; exit $seen`], expect: { exitCode: 0 } };
      return await workers.put(await errandOf(loop, { kind: 'command', question }, { isApproved, origin: 'proposal' }));
    };
    expect(await readBy(true)).toMatchObject({ observed: { exitCode: files.length + 2 } });
    // The one that is no credential.
    expect(await readBy(false)).toMatchObject({ observed: { exitCode: 1 } });
  },
  120_000,
);

verifierTest(
  '[COMPOSE-01, VERIFY-05] what is mandated of a target is what the trust file says of it',
  async () => {
    const loop = await realLoop();
    const check = '{id: up, kind: file, claim: it is there, question: {path: /srv/up, expect: {exists: true}}}';
    await addToTrust(loop, `targets: {web: {driver: argv, checks: [${check}]}}\n`);
    const { trust } = await compose(loop.environment).verifying();
    const change = { environment: 'production', driver: 'argv' } as const;
    expect(await trust.mandated({ ...change, target: 'web' })).toMatchObject([{ id: 'up', origin: 'mandated' }]);
    expect(await trust.mandated({ ...change, target: 'other' })).toEqual([]);
  },
  120_000,
);
