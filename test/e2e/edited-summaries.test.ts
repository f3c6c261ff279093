/** Who may write the record edits what the runner reads of it, through the real command line: nothing runs on a lie. */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { type Row, rehashed, rewrite, tamper } from '../support/forgery.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const loopTest = needs('ssh-keygen');

function recordOf(loop: RealLoop): string {
  return join(loop.home, 'record.sqlite');
}

/** What executing answers: its exit code, the code of the refusal or failure, and where. */
async function executing(loop: RealLoop, id: string): Promise<readonly unknown[]> {
  const ran = await loop.run('execute', id, '--json');
  const answer = JSON.parse(ran.stdout);
  return [ran.code, answer.code ?? answer.outcome, answer.message ?? answer.why];
}

/** A change of the same target that left it held: its check is red afterwards. */
async function holdTarget(loop: RealLoop): Promise<string> {
  const check = `{file: {path: "${join(loop.root, 'never')}", expect: {contains: here}}}`;
  const common = ['--dir', loop.place, '--target', 'argv-target', '--intent', 'nothing'];
  const answer = await loop.json('propose', 'argv', ...common, '--check', check, '--', 'true');
  const id = String(answer['id']);
  await loop.approve(id);
  expect((await loop.run('execute', id)).code).toBe(0);
  expect((await loop.run('verify', id)).code).toBe(7);
  expect((await loop.show(id)).state).toBe('held');
  return id;
}

/** Reads one column of one row. */
function cell(loop: RealLoop, sql: string): unknown {
  const db = new DatabaseSync(recordOf(loop));
  const row = db.prepare(sql).get();
  db.close();
  return row?.['cell'];
}

loopTest(
  '[EXECUTE-22, L4, L10] a hold that was edited out of the summary of its target stops the runner, and undone it is a hold again',
  async () => {
    const loop = await realLoop();
    const blocking = await holdTarget(loop);
    const id = await loop.propose('argv');
    await loop.approve(id);
    const held = [1, 'TARGET_HELD', `${blocking} left it in doubt`];
    expect(await executing(loop, id)).toEqual(held);
    const before = String(cell(loop, "select state as cell from targets where target = 'argv-target'"));
    expect(before).toContain(blocking);
    tamper(recordOf(loop), `update targets set state = '{"held":[]}' where target = 'argv-target'`);
    expect(await executing(loop, id)).toEqual([
      6,
      'RECORD_BROKEN',
      'the summary of target argv-target is not what its events amount to',
    ]);
    // A row that is gone frees the target as well.
    tamper(recordOf(loop), `delete from targets where target = 'argv-target'`);
    expect((await executing(loop, id)).slice(0, 2)).toEqual([6, 'RECORD_BROKEN']);
    expect(loop.effects('argv')).toBe(0);
    const seq = cell(loop, 'select max(seq) as cell from events');
    tamper(recordOf(loop), `insert into targets values ('argv-target', '${before}', ${String(seq)})`);
    expect(await executing(loop, id)).toEqual(held);
    expect(await loop.run('reconcile', blocking, '--note', 'it is as it should be')).toMatchObject({ code: 0 });
    expect((await executing(loop, id)).slice(0, 2)).toEqual([0, 'completed']);
    expect(loop.effects('argv')).toBe(1);
  },
  120_000,
);

loopTest(
  '[EXECUTE-22, L4] a summary that calls an open proposal approved, or that edits what was approved, stops the runner',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const lie = [6, 'RECORD_BROKEN', `the summary of proposal ${id} is not what its events amount to`];
    const set = (expression: string): void =>
      tamper(recordOf(loop), `update proposals set ${expression} where proposal = '${id}'`);
    set(`kind = 'approved', state = replace(state, '"kind":"open"', '"kind":"approved"')`);
    expect(await executing(loop, id)).toEqual(lie);
    set(`kind = 'open', state = replace(state, '"kind":"approved"', '"kind":"open"')`);
    expect((await executing(loop, id)).slice(0, 2)).toEqual([3, 'QUORUM']);
    await loop.approve(id);

    const approved = String(cell(loop, `select state as cell from proposals where proposal = '${id}'`));
    for (const edit of [
      `state = json_set(state, '$.approvals[0].strength', 'verified')`,
      `state = json_set(state, '$.approvals', json('[]'), '$.requirement.approvals', 0, '$.requirement.grant', 'free')`,
      `state = json_set(state, '$.bundleDigest', '${'a'.repeat(64)}')`,
      `state = json_set(state, '$.target', 'elsewhere')`,
      `target = 'elsewhere'`,
      `seq = seq + 1`,
      `seq = seq - 1`,
    ]) {
      set(edit);
      expect(await executing(loop, id), edit).toEqual(lie);
      tamper(recordOf(loop), `update proposals set target = 'argv-target' where proposal = '${id}'`);
      const seq = cell(loop, `select max(seq) as cell from events where stream = 'proposal:${id}'`);
      const db = new DatabaseSync(recordOf(loop));
      db.prepare('update proposals set state = ?, seq = ? where proposal = ?').run(approved, Number(seq), id);
      db.close();
    }
    expect(loop.effects('argv')).toBe(0);
    expect((await executing(loop, id)).slice(0, 2)).toEqual([0, 'completed']);
    expect(loop.effects('argv')).toBe(1);
  },
  120_000,
);

loopTest(
  '[EXECUTE-22, RECORD-21, L7, L10] a release that nobody gave is found in the entries, though chain and summaries agree with it',
  async () => {
    const loop = await realLoop();
    const blocking = await holdTarget(loop);
    const id = await loop.propose('argv');
    await loop.approve(id);
    let seq = 0;
    rewrite(recordOf(loop), (rows) => {
      const last = rows.filter((row) => row.proposal === blocking).at(-1) as Row;
      seq = rows.length + 1;
      const forged = { ...last, type: 'closed', body: '{"mark":"reconciled","type":"closed"}' };
      return rehashed([...rows, forged]);
    });
    tamper(
      recordOf(loop),
      `update targets set state = '{"held":[]}', seq = ${seq} where target = 'argv-target'`,
      `update proposals set seq = ${seq}, kind = 'closed',
       state = json_remove(json_set(state, '$.kind', 'closed', '$.mark', 'reconciled'), '$.why')
       where proposal = '${blocking}'`,
    );
    const [code, name, message] = await executing(loop, id);
    expect([code, name]).toEqual([6, 'RECORD_BROKEN']);
    expect(message).toBe(
      `entry ${seq} could not have happened: it was closed as reconciled, and neither a verdict nor a person says so right before`,
    );
    expect(loop.effects('argv')).toBe(0);
    const verified = JSON.parse((await loop.run('record', 'verify', '--json')).stdout);
    expect(verified).toMatchObject({ kind: 'broken', problem: { seq, kind: 'impossible' } });
  },
  120_000,
);
