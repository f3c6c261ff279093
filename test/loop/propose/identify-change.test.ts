import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ProposeAnswer, type ProposeParts, proposeChange } from '../../../src/loop/propose/index.ts';
import type { PlanRequest } from '../../../src/tools/index.ts';
import { live, observation } from '../../kernel/examples.ts';
import { openProposeWorld, PREVIEW, type ProposeWorld, planned } from '../../support/propose-world.ts';
import { afterwards } from '../../support/temporary.ts';

async function world(): Promise<ProposeWorld> {
  const opened = await openProposeWorld();
  afterwards(() => opened.close());
  return opened;
}

function idOf(answer: ProposeAnswer): string {
  if ('id' in answer) return answer.id;
  throw new TypeError(`refused: ${answer.why}`);
}

const NAME = 'use the name that stands in the trust file: letters, digits and . : / _ -, and no `place:` before it';
const ARGUMENT = 'leave out NUL and broken characters, and pass long texts by the standard input';

test.each([
  [{ intent: ' \n' }, 'the intent is empty', 'say in one sentence what the change is for'],
  [{ intent: 'x'.repeat(4_001) }, 'the intent is longer than 4000 characters', 'say it in a sentence'],
  [{ target: 'place:x' }, '"place:x" is not the name of a target', NAME],
  [{ target: 'two words' }, '"two words" is not the name of a target', NAME],
  [{ target: 'x y'.repeat(40) }, `"${'x y'.repeat(26)}x " is not the name of a target`, NAME],
  [{ target: 'x'.repeat(129) }, `"${'x'.repeat(80)}" is not the name of a target`, NAME],
  [{ target: ':x' }, '":x" is not the name of a target', NAME],
  [{ argv: ['\0'] }, "argument 1 can't be given to any program", ARGUMENT],
  [{ argv: ['a', 'b', '\uD800'] }, "argument 3 can't be given to any program", ARGUMENT],
  [{ argv: ['a', 'x'.repeat(131_073)] }, "argument 2 can't be given to any program", ARGUMENT],
])('[PROPOSE-11, L13] %j is refused, and it says what to do', async (more, message, hint) => {
  const { parts, request, rows } = await world();
  await expect(proposeChange(parts, request(more))).rejects.toMatchObject({ code: 'USAGE', message, hint });
  expect(await rows()).toEqual([]);
});

test('[PROPOSE-11] what is just short enough is taken', async () => {
  const { parts, request } = await world();
  const target = `a.b:c/d_e-${'x'.repeat(118)}`;
  expect(target).toHaveLength(128);
  expect((await proposeChange(parts, request({ target, argv: ['x'.repeat(131_072)] }))).kind).toBe('open');
});

test('[PROPOSE-11, L13] a place that is no directory is named, with the option that names another', async () => {
  const { parts, request, work, rows } = await world();
  writeFileSync(join(work, 'file'), '');
  mkdirSync(join(work, '.countersign'));
  for (const directory of [join(work, 'file'), join(work, 'nowhere'), 'relative', '']) {
    await expect(proposeChange(parts, request({ directory }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `${directory} is not a directory`,
      hint: 'name the directory that the change is meant for with --dir',
      where: directory,
    });
  }
  await expect(proposeChange(parts, request({ directory: '/no\u202E/\uD800' }))).rejects.toMatchObject({
    where: '/no⟨U+202E⟩/\uFFFD',
  });
  expect(await rows()).toEqual([]);
});

test('[PROPOSE-01] the order in which variables are asked for makes no other draft', async () => {
  const { parts, request } = await world();
  const inherited = { A: 'first-secret', B: 'other-secret' };
  const first = await proposeChange(
    parts,
    request({ variables: ['Y=2', 'X=1'], secretVariables: ['B', 'A'], inherited }),
  );
  const again = { variables: ['X=1', 'Y=2'], secretVariables: ['A', 'B'], inherited };
  expect(await proposeChange(parts, request(again))).toMatchObject({ kind: 'again', id: idOf(first) });
});

test('[PROPOSE-07, L11] a shown secret is refused in words that a person can act on, and a short one can’t be told from chance', async () => {
  const { parts, request } = await world();
  const more = { secretVariables: ['PIN'], argv: ['login', '1234'] };
  expect(await proposeChange(parts, request({ ...more, inherited: { PIN: '1234' } }))).toStrictEqual({
    kind: 'refused',
    code: 'POLICY',
    what: 'this proposal',
    where: 'the arguments',
    why: 'the value of the secret variable PIN stands there, and everybody could read it',
    next: 'let the command read it from its environment as PIN',
  });
  expect((await proposeChange(parts, request({ ...more, inherited: { PIN: '123' } }))).kind).toBe('open');
  const twins = { variables: ['OTHER=1234'], secretVariables: ['PIN'], inherited: { PIN: '1234' } };
  expect(await proposeChange(parts, request(twins))).toMatchObject({ where: 'another variable' });
  const both = { secretVariables: ['ONE', 'TWO'], inherited: { ONE: 'first-one', TWO: 'second-one' } };
  expect(await proposeChange(parts, request({ ...both, intent: 'say second-one' }))).toMatchObject({
    where: 'the intent',
    why: expect.stringContaining('variable TWO'),
  });
  expect((await proposeChange(parts, request(both))).kind).toBe('open');
});

/** The same parts, with a driver that notes what it is asked. */
function noting(parts: ProposeParts) {
  const identified: Omit<PlanRequest, 'scratch'>[] = [];
  const { argv } = parts.drivers;
  const identify: typeof argv.identify = async (request) => {
    identified.push(request);
    return await argv.identify(request);
  };
  return { parts: { ...parts, drivers: { ...parts.drivers, argv: { ...argv, identify } } }, identified };
}

test('[PROPOSE-04, APPROVE-32] the driver is asked for the change in its own environment, and told what it recovers', async () => {
  const opened = await world();
  const { request, plans } = opened;
  const held = live('end', { after: [observation('red')] }).state;
  const { journal } = opened.parts;
  const standing: typeof journal.standing = async (id) =>
    id === 'p-1' ? { ...(await journal.standing(id)), state: held } : await journal.standing(id);
  const { parts, identified } = noting({
    ...opened.parts,
    journal: { ask: (...asked) => journal.ask(...asked), standing },
  });
  const stdin = Buffer.from('in');
  const change = { target: 'shop', recovers: 'p-1', stdin, variables: ['A=1'], secretVariables: ['SECRET'] };
  const id = idOf(await proposeChange(parts, request(change)));
  const told = {
    directory: opened.work,
    argv: ['make', 'it', 'so'],
    environment: { PATH: '/usr/bin:/bin', A: '1', SECRET: 'hunter2-hunter2' },
    secretVariables: ['SECRET'],
    stdin,
    recovers: { proposal: 'p-1', bundleDigest: 'b'.repeat(64) },
  };
  expect(identified).toEqual([{ proposal: '', ...told }]);
  expect(plans).toEqual([{ proposal: id, ...told, scratch: expect.stringContaining(`plan-${id}-`) }]);
  expect(await opened.state(id)).toMatchObject({ recovers: 'p-1', draftDigest: expect.any(String) });
});

test('[PROPOSE-11] an id is made of random bytes, ten characters that nobody mistakes', async () => {
  const { parts, request } = await world();
  const sizes: number[] = [];
  const bytes = (sizeBytes: number) => {
    sizes.push(sizeBytes);
    return Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 29) % 256);
  };
  const answer = await proposeChange({ ...parts, random: { ...parts.random, bytes } }, request());
  expect(idOf(answer)).toBe('p-0xtqmheb85');
  expect(sizes).toEqual([10]);
});

test('[APPROVE-32, L13] a recovery under another name is for the same place, or it is none', async () => {
  const opened = await world();
  const { request, script, rows } = opened;
  const place = { name: 'place', role: 'binding', value: 'the place' } as const;
  const first = await proposeChange(opened.parts, request({ target: 'probe', argv: ['probe'] }));
  script.plan = async () => planned({ facts: [place] });
  const placed = await opened.state(idOf(await proposeChange(opened.parts, request({ target: 'placed' }))));
  expect(first.kind).toBe('open');
  const sealedPlace = 'place' in placed ? placed.place : undefined;
  expect(sealedPlace).toMatch(/^[0-9a-f]{64}$/);
  const held = live('end', { after: [observation('red')] }).state;
  if (held.kind !== 'held') return expect.unreachable();
  const { journal } = opened.parts;
  const standing: typeof journal.standing = async (id) => {
    const now = await journal.standing(id);
    return id === 'p-1' ? { ...now, state: { ...held, place: sealedPlace ?? '' } } : now;
  };
  const parts = { ...opened.parts, journal: { ask: journal.ask.bind(journal), standing } };
  const recover = async (argv: string) => await proposeChange(parts, request({ recovers: 'p-1', argv: [argv] }));
  expect(await recover('same place')).toMatchObject({ kind: 'open', state: { recovers: 'p-1' } });
  const elsewhere = {
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'this proposal',
    where: '--recovers',
    why: 'p-1 changed shop, and this one changes web',
    next: 'propose the recovery for that target, or leave `--recovers` out',
  };
  script.plan = async () => planned({ facts: [{ ...place, value: 'another place' }] });
  expect(await recover('another place')).toStrictEqual(elsewhere);
  script.plan = async () => planned();
  expect(await recover('no place')).toStrictEqual(elsewhere);
  expect((await rows()).filter(([, kind]) => kind === 'unplannable')).toHaveLength(2);
  const own = await proposeChange(parts, request({ recovers: 'p-1', target: 'shop', argv: ['own name'] }));
  expect(own.kind).toBe('open');
});

test('[PROPOSE-07, L11] what the plan shows of a secret is said with the way out, and nothing is stored', async () => {
  const { parts, request, script } = await world();
  script.plan = async () => planned({ preview: { ...PREVIEW, text: 'password = "hunter2-hunter2"' } });
  expect(await proposeChange(parts, request({ secretVariables: ['SECRET'] }))).toMatchObject({
    kind: 'unplannable',
    why: 'the plan shows the value of the secret variable SECRET',
    next: 'declare it sensitive in the configuration, or let the tool read it at the run only',
    text: '',
  });
});
