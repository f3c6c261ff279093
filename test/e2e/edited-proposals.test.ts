/** Who may write the record edits what people decide on: they see nothing false, and nothing is signed on a lie. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { trustFileOf } from '../support/composed-loop.ts';
import { forge } from '../support/forge-event.ts';
import { rehashed, rewrite, tamper } from '../support/forgery.ts';
import { newSigner } from '../support/keys.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';
import { signedBy } from '../support/whole-life.ts';

const signTest = needs('ssh-keygen');

/** The row of a proposal: read, edited by SQL, and put back as it was. */
function rowOf(loop: RealLoop, id: string): { readonly edit: (sql: string) => void; readonly putBack: () => void } {
  const path = join(loop.home, 'record.sqlite');
  const db = new DatabaseSync(path);
  const row = db.prepare('select kind, state from proposals where proposal = ?').get(id);
  db.close();
  return {
    edit: (sql) => tamper(path, `update proposals set ${sql} where proposal = '${id}'`),
    putBack: () => {
      const writing = new DatabaseSync(path);
      const put = writing.prepare('update proposals set kind = ?, state = ? where proposal = ?');
      put.run(String(row?.['kind']), String(row?.['state']), id);
      writing.close();
    },
  };
}

async function eventTypes(loop: RealLoop, id: string): Promise<readonly string[]> {
  return (await loop.show(id)).events.map(({ type }) => type);
}

/** What a proposal is decided by. */
function decisions(loop: RealLoop, id: string): readonly (readonly string[])[] {
  const key = ['--ssh-key', loop.key] as const;
  return [
    ['approve', id, ...key, '--yes'],
    ['approve', id, ...key, '--yes', '--break-glass', '--reason', 'it burns'],
    ['reject', id, ...key, '--reason', 'no'],
    ['withdraw', id, '--reason', 'never mind'],
  ];
}

signTest(
  '[APPROVE-35, L2, L3] a summary that was edited is neither shown nor signed, and put back the proposal is approved as ever',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const row = rowOf(loop, id);
    const before = await eventTypes(loop, id);
    const lie = `the summary of proposal ${id} is not what its events amount to`;
    for (const edit of [
      `state = json_set(state, '$.intent', 'FALSE WORDS')`,
      `state = json_set(state, '$.proposer', json('{"kind":"person","name":"FALSE WORDS"}'))`,
      `state = json_set(state, '$.lookedAt[0].answer', 'green')`,
      `state = json_set(state, '$.checks[0].claim', 'FALSE WORDS')`,
      `state = json_set(state, '$.requirement.because', json('["FALSE WORDS"]'))`,
      `state = json_set(state, '$.requirement.approvals', 0)`,
      `state = json_set(state, '$.counts.destroys', 7)`,
      `kind = 'approved', state = json_set(state, '$.kind', 'approved')`,
    ]) {
      row.edit(edit);
      for (const decision of decisions(loop, id)) {
        const ran = await loop.run(...decision);
        expect([ran.code, ran.stdout], `${edit}: ${decision.join(' ')}`).toEqual([6, '']);
        expect(ran.stderr).toContain(`NOT BELIEVED: the record of ${id} does not hold: ${lie}`);
        // Not one line of a preview: nobody can sign what they never saw.
        expect(ran.stderr).not.toMatch(/FALSE WORDS|^(?:WHO|WHY|CHECKS?|NEEDS|TARGET)\b/m);
      }
      row.putBack();
      expect(await eventTypes(loop, id), edit).toEqual(before);
    }
    const approved = await loop.run('approve', id, '--ssh-key', loop.key, '--yes');
    expect(approved.code).toBe(0);
    expect(approved.stderr).toMatch(/^WHY +one argv effect$/m);
    expect(approved.stderr).toMatch(/^NEEDS\b/m);
    expect((await loop.show(id)).state).toBe('approved');
    expect((await loop.run('execute', id)).code).toBe(0);
    expect(loop.effects('argv')).toBe(1);
  },
  240_000,
);

signTest(
  '[APPROVE-35, L2, L15] what the policy asks for is worked out from the trust file: an entry that says otherwise, chained anew, is not shown',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const lie = [`'$.requirement.approvals'`, '2', `'$.requirement.because[0].demand'`, `'FALSE WORDS'`].join(', ');
    rewrite(join(loop.home, 'record.sqlite'), (rows) =>
      rehashed(
        rows.map((row) => {
          const body = JSON.parse(row.body) as { type: string; requirement?: { approvals: number; because: object[] } };
          if (body.requirement === undefined) return row;
          body.requirement.approvals = 2;
          body.requirement.because[0] = { ...body.requirement.because[0], demand: 'FALSE WORDS' };
          return { ...row, body: JSON.stringify(body) };
        }),
      ),
    );
    rowOf(loop, id).edit(`state = json_set(state, ${lie})`);
    expect(await loop.json('show', id)).toMatchObject({ trouble: [], requirement: { approvals: 2 } });
    const approving = await loop.run('approve', id, '--ssh-key', loop.key, '--yes');
    expect(approving.stderr).toMatch(/^NEEDS +1 approval/m);
    expect(approving.stderr).not.toContain('FALSE WORDS');
  },
  120_000,
);

signTest(
  '[APPROVE-35, APPROVE-32, L3] why the change that a recovery puts right is held is told by its events as well',
  async () => {
    const loop = await realLoop();
    const check = `{file: {path: "${join(loop.root, 'never')}", expect: {contains: here}}}`;
    const common = ['--dir', loop.place, '--target', 'argv-target', '--intent', 'nothing'];
    const held = String((await loop.json('propose', 'argv', ...common, '--check', check, '--', 'true'))['id']);
    await loop.approve(held);
    await loop.run('execute', held);
    expect((await loop.run('verify', held)).code).toBe(7);
    const recovery = await loop.json('propose', 'argv', ...common, '--recovers', held, '--', 'true');
    const id = String(recovery['id']);
    const row = rowOf(loop, held);
    row.edit(`state = json_set(state, '$.why', 'FALSE WORDS')`);
    const key = ['--ssh-key', loop.key] as const;
    for (const decision of [
      ['approve', id, ...key, '--yes'],
      ['reconcile', held, '--note', 'fine', ...key],
    ]) {
      const ran = await loop.run(...decision);
      expect(ran.code).toBe(6);
      expect(ran.stderr).toContain(`NOT BELIEVED: the record of ${held} does not hold`);
      expect(ran.stderr).not.toMatch(/FALSE WORDS|^WHY\b/m);
    }
    row.putBack();
    const approved = await loop.run('approve', id, ...key, '--yes');
    expect(approved.code).toBe(0);
    expect(approved.stderr).toContain(`RECOVERS    ${held}, which is held because`);
    expect((await loop.run('reconcile', held, '--note', 'fine', ...key)).code).toBe(0);
  },
  240_000,
);

signTest(
  '[APPROVE-35, RECORD-26, L7] a look that no verifier signed is not approved on, even where it was disowned; it can be rejected',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const mallory = newSigner('local-verifier');
    const { checks } = (await loop.json('show', id)) as { checks: readonly { readonly id: string }[] };
    const seen = {
      answer: 'red' as const,
      observed: null,
      observedDigest: 'a'.repeat(64),
      detail: 'FALSE WORDS',
      atMs: 1,
    };
    const observations = checks.map((check) => ({ id: check.id, ...seen }) as const);
    const body = signedBy<'observed'>(mallory, id, { type: 'observed', phase: 'proposed', observations });
    const actor = { kind: 'verifier', name: mallory.name, key: mallory.key } as const;
    const [event] = await forge(loop.home, id, { actor, body });
    for (const decision of decisions(loop, id)) {
      const ran = await loop.run(...decision);
      expect(ran.code).toBe(6);
      expect(ran.stderr).toContain(`the signature in entry ${event?.seq} does not hold`);
      expect(ran.stderr).not.toContain('FALSE WORDS');
    }

    const file = trustFileOf(loop);
    const disowned = `disowned:\n  - entry: ${event?.seq}\n    hash: '${event?.hash}'\n    why: not ours\n`;
    writeFileSync(file, `${readFileSync(file, 'utf8').replace('version: 1', 'version: 2').trimEnd()}\n\n${disowned}`);
    expect((await loop.run('trust', 'sign', '--ssh-key', loop.key)).stderr).toBe('');
    const approving = await loop.run('approve', id, '--ssh-key', loop.key, '--yes');
    expect(approving.code).toBe(6);
    expect(approving.stderr).toContain('; disowned: not ours');
    expect(approving.stderr).toContain('propose the change again');
    expect(approving.stderr).not.toContain('FALSE WORDS');
    expect((await loop.run('reject', id, '--ssh-key', loop.key, '--reason', 'no')).code).toBe(0);
  },
  240_000,
);
