/** Two who propose the same at once, and what ends while it is planned: told step by step, and not left to chance. */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure, type Person, type Refusal } from '../../../src/kernel/index.ts';
import { type ProposeParts, proposeChange, resumeDraft } from '../../../src/loop/propose/index.ts';
import { interfering, openProposeWorld, type ProposeWorld, planned } from '../../support/propose-world.ts';
import { afterwards } from '../../support/temporary.ts';

const ANN: Person = { kind: 'person', name: 'ann' };

async function world(): Promise<ProposeWorld> {
  const opened = await openProposeWorld();
  afterwards(() => opened.close());
  return opened;
}

const marksIn = ({ directory }: ProposeWorld): readonly string[] => readdirSync(join(directory, 'scratch'));

/** Leaves a draft whose planner was killed. @returns its id */
async function abandoned({ parts, request, script, rows }: ProposeWorld): Promise<string> {
  const { plan } = script;
  script.plan = async () => {
    throw new Failure('INTERRUPTED', 'killed', { hint: '' });
  };
  await expect(proposeChange(parts, request())).rejects.toMatchObject({ code: 'INTERRUPTED' });
  script.plan = plan;
  const [[id = ''] = []] = await rows();
  return id;
}

/** The same parts, where somebody else's draft of the same change comes right before this one's. */
function outrun(parts: ProposeParts, earlier: string): ProposeParts {
  return interfering(parts, 'draft', async (_, command) => {
    if (command.kind !== 'draft') return undefined;
    await parts.files.write(`${parts.scratchDirectory}/${earlier}.planner`, parts.planner.mark, 0o600);
    const draft = { ...command.draft, proposal: earlier };
    expect((await parts.journal.ask(earlier, { kind: 'draft', draft }, draft.proposer)).kind).toBe('decided');
    return undefined;
  });
}

test('[PROPOSE-01, PROPOSE-10] whoever drafts second gives way to the first, leaves no mark and plans nothing', async () => {
  const opened = await world();
  const { parts, request, plans, rows } = opened;
  const answer = await proposeChange(outrun(parts, 'p-earlier'), request());
  expect(answer).toEqual({ kind: 'again', id: 'p-earlier', state: expect.objectContaining({ kind: 'drafted' }) });
  expect(plans).toEqual([]);
  expect(marksIn(opened)).toEqual(['p-earlier.planner']);
  const [[mine = '', kind] = []] = (await rows()).filter(([id]) => id !== 'p-earlier');
  expect(kind).toBe('superseded');
  const events = await parts.log.read({ stream: `proposal:${mine}`, afterSeq: 0, limit: 10 });
  expect(events.at(-1)).toMatchObject({
    actor: { kind: 'control', name: 'planner' },
    body: { type: 'superseded', by: 'p-earlier' },
  });
});

test('[PROPOSE-01] whoever drafts second goes on with the first when its planner has died', async () => {
  const { parts, request, plans } = await world();
  const dead = { ...parts, planner: { mark: 'me', isAlive: async () => false } };
  expect(await proposeChange(outrun(dead, 'p-earlier'), request())).toMatchObject({ kind: 'open', id: 'p-earlier' });
  expect(plans.map(({ proposal }) => proposal)).toEqual(['p-earlier']);
});

test('[PROPOSE-10, L13] a draft that the record does not take leaves no mark, and the reason is the answer', async () => {
  const opened = await world();
  const refusal: Refusal = { kind: 'refused', code: 'POLICY', what: 'it', where: 'here', why: 'because', next: 'go' };
  const marks: (readonly string[])[] = [];
  const refusing = interfering(opened.parts, 'draft', async (id) => {
    marks.push([id, ...marksIn(opened)]);
    return refusal;
  });
  expect(await proposeChange(refusing, opened.request())).toEqual(refusal);
  expect(marks).toEqual([[marks[0]?.[0], `${marks[0]?.[0]}.planner`]]);
  expect(marksIn(opened)).toEqual([]);
  expect(opened.plans).toEqual([]);
  expect(await opened.rows()).toEqual([]);
});

test('[PROPOSE-10] a draft that is over as soon as it is there stays as it is', async () => {
  const { parts, request, rows } = await world();
  const { journal } = parts;
  const ask: typeof journal.ask = async (proposal, command, actor) => {
    const answer = await journal.ask(proposal, command, actor);
    if (command.kind === 'draft') await journal.ask(proposal, { kind: 'withdraw', why: 'no' }, ANN);
    return answer;
  };
  const withdrawing = { ...parts, journal: { ask, standing: (id: string) => journal.standing(id) } };
  const answer = await proposeChange(withdrawing, request());
  expect(answer).toMatchObject({ kind: 'again', state: { kind: 'withdrawn' } });
  expect((await rows()).map(([, kind]) => kind)).toEqual(['withdrawn']);
});

test('[PROPOSE-03, PROPOSE-10] what was withdrawn while the tool found no plan is shown as withdrawn', async () => {
  const { parts, request, script, rows } = await world();
  const withdraw = async () => {
    const [[id = ''] = []] = await rows();
    await parts.journal.ask(id, { kind: 'withdraw', why: 'no' }, ANN);
  };
  script.plan = async () => {
    await withdraw();
    return { kind: 'unplannable', why: 'no', next: 'correct it', text: '' };
  };
  expect(await proposeChange(parts, request())).toMatchObject({ kind: 'again', state: { kind: 'withdrawn' } });
  script.plan = async () => {
    await withdraw();
    return planned();
  };
  script.resolved = { kind: 'refused' };
  expect(await proposeChange(parts, request({ argv: ['other'] }))).toMatchObject({
    kind: 'again',
    state: { kind: 'withdrawn' },
  });
});

test('[PROPOSE-10] a draft without a mark is planned by nobody, whoever is alive', async () => {
  const opened = await world();
  const { parts, request, plans } = opened;
  const id = await abandoned(opened);
  expect(marksIn(opened)).toEqual([]);
  const asked: string[] = [];
  const isAlive = async (mark: string) => {
    asked.push(mark);
    return true;
  };
  const alive = { ...parts, planner: { mark: 'me', isAlive } };
  expect(await proposeChange(alive, request())).toMatchObject({ kind: 'open', id });
  expect(asked).toEqual([]);
  expect(plans).toHaveLength(2);
});

test('[PROPOSE-10] the mark names its process and is private; it is there while the draft is planned, and gone afterwards', async () => {
  const opened = await world();
  const { parts, request, script } = opened;
  const id = await abandoned(opened);
  const seen: unknown[] = [];
  script.plan = async () => {
    const path = `${parts.scratchDirectory}/${id}.planner`;
    const content = await parts.files.read(path, 4_096);
    const mode = ((await parts.files.stat(path))?.mode ?? 0) & 0o777;
    seen.push([Buffer.from(content ?? []).toString(), mode]);
    const asked: string[] = [];
    const isAlive = async (mark: string) => asked.push(mark) > 0;
    expect(await resumeDraft({ ...parts, planner: { mark: 'you', isAlive } }, id)).toMatchObject({ kind: 'again', id });
    expect(asked).toEqual(['me']);
    return planned();
  };
  const mine = { ...parts, planner: { mark: 'me', isAlive: async () => false } };
  expect((await proposeChange(mine, request())).kind).toBe('open');
  expect(seen).toEqual([['me', 0o600]]);
  expect(marksIn(opened)).toEqual([]);
});

test('[PROPOSE-10] a resumed draft that was withdrawn first stays withdrawn', async () => {
  const opened = await world();
  const id = await abandoned(opened);
  const withdrawn = interfering(opened.parts, 'mark-unplannable', async (proposal) => {
    await opened.parts.journal.ask(proposal, { kind: 'withdraw', why: 'no' }, ANN);
    return undefined;
  });
  expect(await resumeDraft(withdrawn, id)).toMatchObject({ kind: 'again', id, state: { kind: 'withdrawn' } });
});

test('[PROPOSE-10, PROPOSE-05] a resumed proposal is asked about under the policy of the directory that it was planned in', async () => {
  const opened = await world();
  const { parts, script, request, rows } = opened;
  const { admit } = script;
  script.admit = () => {
    throw new Failure('STORE_WRITE_FAILED', 'the power failed', { hint: '' });
  };
  await expect(proposeChange(parts, request())).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  script.admit = admit;
  const [[id = ''] = []] = await rows();
  rmSync(opened.work, { recursive: true });
  const asked: string[] = [];
  const policyFor = async (directory: string) => {
    asked.push(directory);
    throw new Failure('TRUST_MISSING', 'no trust', { hint: '' });
  };
  const resume = async (content?: string) => {
    const get = async (digest: string) => (content === undefined ? parts.blobs.get(digest) : Buffer.from(content));
    const resumed = resumeDraft({ ...parts, policyFor, blobs: { ...parts.blobs, get } }, id);
    await expect(resumed).rejects.toMatchObject({ code: 'TRUST_MISSING' });
  };
  await resume();
  for (const content of ['{}', 'null', '"text"', '{"directory":1}', '{"directory":"/srv"}']) await resume(content);
  expect(asked).toEqual([opened.work, '/', '/', '/', '/', '/srv']);
});
