/** The loop by hand, as it is documented, with every driver; and every ending with its exit code. */

import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { needs } from '../real/needs.ts';
import { DRIVERS, realLoop, startProgram } from '../support/real-loop.ts';

const DOOMED: string = fileURLToPath(new URL('../real/kill/execute-and-die.ts', import.meta.url));

const loopTest = needs('ssh-keygen');

for (const driver of DRIVERS) {
  const driverTest = driver === 'terraform' ? needs('terraform', 'ssh-keygen') : loopTest;
  driverTest(
    `[CLI-07, CLI-05, VERIFY-07, VERIFY-26, L3, L7] ${driver}: proposed, approved, executed once, confirmed by somebody else`,
    async () => {
      const loop = await realLoop();
      const id = await loop.propose(driver);
      expect(loop.effects(driver)).toBe(0);
      expect((await loop.run('execute', id)).code).toBe(3);
      expect((await loop.run('approve', id, '--ssh-key', loop.key)).code).toBe(0);
      const executed = await loop.json('execute', id);
      expect(executed).toMatchObject({ schema: 'countersign.execution/1', state: 'executed', outcome: 'completed' });
      const verified = await loop.run('verify', id);
      expect(verified.code).toBe(0);
      expect(await loop.show(id)).toMatchObject({
        schema: 'countersign.show/1',
        state: 'closed',
        outcome: 'completed',
        verdict: 'confirmed',
        approvals: [{ approver: 'ann', decision: 'approve' }],
      });
      expect(loop.effects(driver)).toBe(1);
      expect((await loop.run('execute', id)).code).toBe(1);
      expect(loop.effects(driver)).toBe(1);
      // Terraform's sealed directory is gone by now: nobody can plan in it again, and that is no verdict.
      const isGone = driver === 'terraform';
      const again = await loop.run('verify', id, '--json');
      const gone = { code: 'NOT_LEGAL_NOW', next: expect.stringContaining('countersign drift --target') };
      expect(again.code).toBe(isGone ? 1 : 0);
      expect(JSON.parse(again.stdout)).toMatchObject(isGone ? gone : { verdict: { kind: 'confirmed' } });
      const { verdict, verdicts } = await loop.json('show', id);
      expect([verdict, verdicts]).toMatchObject(['confirmed', { length: isGone ? 1 : 2 }]);
      expect((await loop.run('record', 'verify')).code).toBe(0);
    },
    240_000,
  );
}

loopTest(
  '[CLI-05, L6, L7] a command that fails is indeterminate (5), refuted (7), held, and reconciled by a person',
  async () => {
    const loop = await realLoop();
    const missing = join(loop.root, 'missing');
    const check = `{file: {path: "${missing}", expect: {exists: true}}}`;
    const fails = ['--', 'sh', '-c', 'exit 3'];
    const common = ['propose', 'argv', '--dir', loop.place, '--target', 'web', '--intent', 'fail'];
    const { id } = (await loop.json(...common, '--check', check, ...fails)) as { id: string };
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(5);
    const refuted = await loop.run('verify', id);
    expect([refuted.code, refuted.stdout.includes('  its checks answer as before\n')]).toEqual([7, true]);
    expect(await loop.show(id)).toMatchObject({ state: 'held', outcome: 'indeterminate', verdict: 'refuted' });
    const other = (await loop.json(
      'propose',
      'argv',
      '--dir',
      loop.place,
      '--target',
      'web',
      '--intent',
      'x',
      '--',
      'true',
    )) as { id: string };
    await loop.approve(other.id);
    const refused = await loop.run('execute', other.id, '--json');
    expect([refused.code, JSON.parse(refused.stdout).code]).toEqual([1, 'TARGET_HELD']);
    expect((await loop.run('reconcile', id, '--note', 'nothing had happened')).code).toBe(0);
    expect((await loop.run('execute', other.id)).code).toBe(0);
    const inconclusive = await loop.run('verify', other.id);
    expect(inconclusive.code).toBe(5);
    expect(await loop.show(other.id)).toMatchObject({ state: 'held', outcome: 'completed', verdict: 'inconclusive' });
  },
  240_000,
);

loopTest(
  '[CLI-05, L3] a change after the approval is stale (1), named, and nothing runs',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('sqlite');
    await loop.approve(id);
    const db = new DatabaseSync(join(loop.root, 'sqlite-place', 'shop.db'));
    db.exec('alter table orders add column note text');
    db.close();
    const ran = await loop.run('execute', id, '--json');
    expect(ran.code).toBe(1);
    const answer = JSON.parse(ran.stdout) as { state: string; differences: { name: string }[] };
    expect(answer.state).toBe('stale');
    expect(answer.differences.map((one) => one.name)).toContain('sqlite.schema-digest');
    expect(loop.effects('sqlite')).toBe(0);
  },
  120_000,
);

loopTest(
  '[CLI-12, L5, L10] a restored old store executes nothing again, and says that it was rolled back',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    const backup = join(loop.root, 'backup');
    cpSync(loop.home, backup, { recursive: true });
    expect((await loop.start('execute', id)).code).toBe(0);
    expect(loop.effects('argv')).toBe(1);
    rmSync(loop.home, { recursive: true });
    cpSync(backup, loop.home, { recursive: true });
    const ran = await loop.start('execute', id, '--json');
    expect([ran.code, JSON.parse(ran.stdout).code]).toEqual([6, 'RECORD_ROLLED_BACK']);
    expect((await loop.start('record', 'verify')).code).toBe(6);
    // Even where the memory of the head is gone, what the runner folded is not; and where that is gone too, the ledger has the nonce.
    rmSync(join(`${loop.home}-runner`, 'record-head.json'));
    rmSync(join(`${loop.home}-verifier`, 'record-head.json'));
    const folded = await loop.start('execute', id, '--json');
    expect([folded.code, JSON.parse(folded.stdout).code]).toEqual([6, 'RECORD_ROLLED_BACK']);
    for (const end of ['', '-wal', '-shm']) {
      rmSync(join(`${loop.home}-runner`, `record-memory.sqlite${end}`), { force: true });
    }
    const spent = await loop.start('execute', id, '--json');
    expect([spent.code, JSON.parse(spent.stdout).code]).toEqual([1, 'NONCE_USED']);
    expect(loop.effects('argv')).toBe(1);
  },
  120_000,
);

loopTest(
  '[CLI-12, L5] two executors race, and one of them runs it',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    const both = await Promise.all([loop.start('execute', id), loop.start('execute', id)]);
    expect(both.map((ran) => ran.code).sort()).toEqual([0, 1]);
    expect(loop.effects('argv')).toBe(1);
    expect(await loop.show(id)).toMatchObject({ state: 'executed', outcome: 'completed' });
  },
  120_000,
);

loopTest(
  '[CLI-05, L10] a record that was changed is broken (6), by the number of its first bad entry',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const db = new DatabaseSync(join(loop.home, 'record.sqlite'));
    db.exec("update events set body = replace(body, 'one argv effect', 'another thing') where seq = 1");
    db.close();
    const ran = await loop.run('record', 'verify', '--json');
    expect(ran.code).toBe(6);
    expect(JSON.parse(ran.stdout)).toMatchObject({ kind: 'broken', problem: { seq: 1, kind: 'hash-mismatch' } });
    expect(id).toMatch(/^p-[0-9a-z]{10}$/);
  },
  120_000,
);

loopTest(
  '[CLI-11, L10] an export verifies offline, and a changed one does not',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const file = join(loop.root, 'export.jsonl');
    expect((await loop.run('record', 'export', id, '--out', file)).code).toBe(0);
    expect((await loop.run('record', 'verify', '--file', file)).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('one argv effect', 'one evil effect'));
    expect((await loop.run('record', 'verify', '--file', file)).code).toBe(6);
    copyFileSync(join(loop.root, 'terraform.rc'), file);
    expect((await loop.run('record', 'verify', '--file', file)).code).toBe(2);
  },
  120_000,
);

loopTest(
  '[CLI-06, L13] wrong usage says what is wrong and exits with 2',
  async () => {
    const loop = await realLoop();
    expect((await loop.run('show', 'p-nothing')).code).toBe(2);
    expect((await loop.run('frobnicate')).code).toBe(2);
    expect((await loop.run('execute')).code).toBe(2);
    expect((await loop.run('list', '--limit', 'many')).code).toBe(2);
    const bad = await loop.run(
      'propose',
      'argv',
      '--target',
      't',
      '--intent',
      'i',
      '--check',
      '{file: {pth: /x}}',
      '--',
      'true',
    );
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('--check:1:');
  },
  120_000,
);

loopTest(
  '[CLI-14, L11] at the close the secret bytes are destroyed, sealed and in the run directory',
  async () => {
    const loop = await realLoop();
    const effect = join(loop.root, 'argv.effect');
    const proposed = await loop.runAs(
      { TOKEN: 'hunter2-hunter2' },
      ...['propose', 'argv', '--dir', loop.place, '--target', 'web', '--intent', 'with a secret', '--json'],
      ...['--secret-env', 'TOKEN', '--check', `{file: {path: "${effect}", expect: {contains: ran}}}`],
      ...['--', 'sh', '-c', `echo ran >> '${effect}'; echo $TOKEN`],
    );
    const { id } = JSON.parse(proposed.stdout) as { id: string };
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(0);
    expect(readdirSync(join(`${loop.home}-runner`, 'runs'))).toHaveLength(1);
    expect((await loop.run('verify', id)).code).toBe(0);
    const { events } = await loop.show(id);
    expect(events.map((event) => event.type)).toContain('secrets-destroyed');
    expect(readdirSync(join(`${loop.home}-runner`, 'runs'))).toEqual([]);
    expect(JSON.stringify(await loop.json('show', id))).not.toContain('hunter2');
    expect((await loop.run('record', 'verify')).code).toBe(0);
  },
  120_000,
);

loopTest(
  '[CLI-12, L5] the next start after a death says what became of it, and exits with it',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    await startProgram(loop.environment, loop.root, [DOOMED, id, 'intended']);
    const next = await loop.run('execute', id);
    expect(next.code).toBe(5);
    expect(next.stdout).toContain('indeterminate');
    expect(next.stderr).toContain(`recovered ${id}: ended`);
  },
  120_000,
);

loopTest(
  '[CLI-15, L2, L7] a verdict that no known verifier signed releases nothing: the runner stops and names it',
  async () => {
    const loop = await realLoop();
    const common = ['propose', 'argv', '--dir', loop.place, '--target', 'web', '--intent'];
    const failing = (await loop.json(...common, 'fail', '--', 'sh', '-c', 'exit 3')) as { id: string };
    await loop.approve(failing.id);
    expect((await loop.run('execute', failing.id)).code).toBe(5);
    const { journal, caller } = await compose(loop.environment).reading();
    const forged = await journal.ask(
      failing.id,
      {
        kind: 'verify',
        verified: {
          observations: [],
          verdict: { kind: 'inconclusive', isAsBefore: false, findings: [] },
          signed: { key: 'AAAA', signature: 'forged' },
        },
      },
      { kind: 'verifier', name: 'nobody', key: 'AAAA' },
    );
    expect(forged.kind).toBe('decided');
    // A person is not talked into a release on it; whoever forged the one writes the other as well.
    expect((await loop.run('reconcile', failing.id, '--note', 'all fine')).code).toBe(6);
    expect((await journal.ask(failing.id, { kind: 'reconcile', note: 'all fine' }, caller)).kind).toBe('decided');
    const next = (await loop.json(...common, 'next', '--', 'sh', '-c', `touch '${join(loop.root, 'ran')}'`)) as {
      id: string;
    };
    await loop.approve(next.id);
    const ran = await loop.run('execute', next.id, '--json');
    expect([ran.code, JSON.parse(ran.stdout).code]).toEqual([6, 'RECORD_BROKEN']);
    expect(existsSync(join(loop.root, 'ran'))).toBe(false);
  },
  120_000,
);
