import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ProcessSpec } from '../../../../src/kernel/index.ts';
import { runPractice } from '../../../../src/surfaces/cli/practice/run-practice.ts';
import type { PracticeParts, PracticeSettings } from '../../../../src/surfaces/cli/practice/stage.ts';
import { type Answer, type Behaviour, fakeStage } from './fake-stage.ts';

const EXAMPLES = join(import.meta.dirname, '../../../../examples/practice');
const TRUST = 'schema: countersign.trust/1\nversion: 1\n';

/** A range whose commands all answer as they should, but where `deviate` says otherwise. */
function range(behaviour: Behaviour, deviate: (line: string) => Answer | undefined = () => undefined) {
  const parent = mkdtempSync(join(tmpdir(), 'range-'));
  const stopped: string[] = [];
  const seen: string[] = [];
  const world: World = { seen, isHeld: false };
  const answer = (spec: ProcessSpec): Answer => {
    const args = spec.args[0] === 'main.ts' ? spec.args.slice(1) : spec.args;
    const line = args.join(' ');
    seen.push(line);
    if (line.startsWith('approver add')) {
      const home = spec.environment['COUNTERSIGN_HOME'] ?? '';
      makeTrust(`${home}-trust`);
    }
    return deviate(line) ?? usual(world, spec, line);
  };
  const fake = fakeStage({ ...behaviour, answer, examples: EXAMPLES });
  const parts: PracticeParts = {
    ...fake.stage.parts,
    companions: {
      start: async (spec) => ({
        firstLine: 'http://127.0.0.1:4711',
        stop: async () => void stopped.push(`${existsSync(spec.directory)}`),
      }),
    },
  };
  const settings: PracticeSettings = { ...fake.stage.settings, temporaryParent: parent };
  return { ...fake, parts, settings, parent, stopped, seen };
}

/** What the commands have done so far. */
type World = { readonly seen: readonly string[]; isHeld: boolean };

type Usual = readonly [when: RegExp, answer: (world: World, line: string) => Answer];

const USUAL: readonly Usual[] = [
  [/^propose sqlite/, () => ({ stdout: 'p-db proposed' })],
  [/^propose .*finish/, () => ({ stdout: 'p-mended proposed' })],
  [/^propose/, () => ({ stdout: 'p-shipping proposed' })],
  [/^execute p-shipping$/, () => ({ code: 5 })],
  [/^verify p-shipping$/, (world) => turn(world, true, { code: 7 })],
  [/^reconcile/, (world) => turn(world, false, {})],
  [/^execute p-mended$/, (world) => (world.isHeld ? { code: 1, stderr: 'TARGET_HELD' } : {})],
  [/^show/, (world, line) => ({ stdout: JSON.stringify(view(line.split(' ')[1] ?? '', world.isHeld)) })],
];

function usual(world: World, spec: ProcessSpec, line: string): Answer {
  if (spec.file === 'desk') return deskAnswer(world, line);
  const isAgent = spec.environment['COUNTERSIGN_AGENT'] !== undefined;
  if (isAgent && /^(approve|execute)/.test(line)) return { code: 1, stderr: 'AGENT_SESSION' };
  return USUAL.find(([when]) => when.test(line))?.[1](world, line) ?? {};
}

/** The list by priority answers only the second time: in between the migration ran. */
function deskAnswer(world: World, line: string): Answer {
  const isEarly = line === '/orders/by-priority' && world.seen.filter((one) => one === line).length === 1;
  return isEarly ? { code: 1, stdout: '503 {}' } : { stdout: '200 []' };
}

function turn(world: World, isHeld: boolean, answer: Answer): Answer {
  world.isHeld = isHeld;
  return answer;
}

function makeTrust(directory: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'trust.yaml'), TRUST);
}

function view(id: string, held: boolean): object {
  const isShipping = id === 'p-shipping';
  const [state, outcome, verdict] = isShipping
    ? [held ? 'held' : 'closed', 'indeterminate', 'refuted']
    : ['closed', 'completed', 'confirmed'];
  return { id, state, outcome, verdict, claims: isShipping ? [{ text: 'Done' }] : [] };
}

test('[RANGE-01, RANGE-07] a play in which all came as expected ends with 0, in the order of the loop', async () => {
  const { parts, settings, seen, said } = range({});
  const played = await runPractice(parts, settings);
  expect(played.exitCode, played.text).toBe(0);
  const loop = seen.filter((line) => /^(approver|trust|propose|approve|execute|verify|reconcile|record)/.test(line));
  expect(loop.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    ...['approver add', 'trust sign', 'trust check'],
    ...['propose sqlite', 'approve p-db', 'execute p-db', 'verify p-db'],
    ...['propose argv', 'approve p-shipping', 'execute p-shipping', 'verify p-shipping'],
    ...['propose argv', 'approve p-mended', 'execute p-mended', 'approve p-mended', 'execute p-mended'],
    ...['reconcile p-shipping', 'execute p-mended', 'verify p-mended', 'record verify'],
  ]);
  expect(played.text.endsWith('\n\nEvery verdict was the expected one.')).toBe(true);
  expect(said()).toContain('What was expected, and what came');
  expect(played.rows.map((row) => row.end)).toEqual([
    'as-expected',
    'skipped',
    ...Array.from({ length: 7 }, () => 'as-expected'),
  ]);
  expect(played.text).toMatch(
    /skipped +Act 2: a Terraform change +the Terraform change +there is no terraform on the PATH/,
  );
});

test('[RANGE-01] a verdict that nobody expected ends the play with 1, is named, and what follows counts as not reached', async () => {
  const { parts, settings, seen } = range({}, (line) =>
    line === 'show p-db --json'
      ? {
          stdout: JSON.stringify({
            id: 'p-db',
            state: 'closed',
            outcome: 'completed',
            verdict: 'inconclusive',
            claims: [],
          }),
        }
      : undefined,
  );
  const { exitCode, text } = await runPractice(parts, settings);
  expect(exitCode).toBe(1);
  expect(text).toContain('the migration: expected closed, completed, confirmed; got closed, completed, inconclusive');
  expect(text).toMatch(/not reached +Act 3: half-way +the mended change +not reached/);
  expect(text).toContain('NOT everything was as expected');
  expect(seen.some((line) => line.startsWith('propose argv'))).toBe(false);
});

test('[RANGE-04] service and directory are gone afterwards: the service first, while its directory still stands', async () => {
  const { parts, settings, parent, stopped } = range({});
  await runPractice(parts, settings);
  expect(stopped).toEqual(['true']);
  expect(readdirSync(parent)).toEqual([]);
});

test('[RANGE-04] they are gone also when the range could not be opened', async () => {
  const { parts, settings, parent, stopped } = range({}, (line) =>
    line.startsWith('trust sign') ? { code: 2, stderr: 'no such key' } : undefined,
  );
  await expect(runPractice(parts, settings)).rejects.toMatchObject({
    code: 'TOOL_FAILED',
    message: 'the range could not be opened: no such key',
    where: expect.stringMatching(/^countersign trust sign --ssh-key \S+\/keys\/practice$/),
  });
  expect(stopped).toEqual(['true']);
  expect(readdirSync(parent)).toEqual([]);
});

test('[RANGE-04] without ssh-keygen nothing is started and nothing is left', async () => {
  const { parts, settings, parent, stopped } = range({}, (line) =>
    line.includes('ed25519') ? { code: 127 } : undefined,
  );
  await expect(runPractice(parts, settings)).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  expect(stopped).toEqual([]);
  expect(readdirSync(parent)).toEqual([]);
});

test('[RANGE-04] it stays when it is asked to, with the commands by their names', async () => {
  const { parts, settings, parent, said, stopped } = range({});
  await runPractice(parts, { ...settings, isKept: true });
  const [name] = readdirSync(parent);
  expect(name).toMatch(/^countersign-practice-/);
  expect(said()).toContain(`kept: ${parent}/${name}`);
  expect(stopped).toEqual(['true']);
  const root = join(parent, name ?? '');
  expect(readFileSync(join(root, 'bin/countersign'), 'utf8')).toBe('#!/bin/sh\nexec /usr/bin/node main.ts "$@"\n');
  expect(readFileSync(join(root, 'bin/desk'), 'utf8')).toContain('get "http://127.0.0.1:4711$1"');
  expect(readFileSync(join(root, 'env.sh'), 'utf8')).toContain(`COUNTERSIGN_HOME=${root}/countersign `);
  expect(readFileSync(join(root, 'countersign-trust/trust.yaml'), 'utf8')).toContain('practice-only');
});

test.for([['q'], ['', 'q'], []] as const)(
  '[RANGE-06] whoever leaves gets 130, no judgement, and nothing stays: %o',
  async ([...person]) => {
    const { parts, settings, parent, said } = range({ person });
    expect(await runPractice(parts, settings)).toEqual({ exitCode: 130, text: '', rows: [] });
    expect(said()).toContain('Left before the end: nothing is judged.');
    expect(said()).not.toContain('as expected');
    expect(readdirSync(parent)).toEqual([]);
  },
);

test('[RANGE-06] with nobody there and not told to play alone, it says so before it makes anything', async () => {
  const { parts, settings, parent, typed } = range({ person: 'nobody' });
  await expect(runPractice(parts, settings)).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('--auto'),
  });
  expect(typed).toEqual([]);
  expect(readdirSync(parent)).toEqual([]);
});
