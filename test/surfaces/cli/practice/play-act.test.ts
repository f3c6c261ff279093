import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Act, Step } from '../../../../src/surfaces/cli/practice/act.ts';
import { plannedRows, playAct } from '../../../../src/surfaces/cli/practice/play-act.ts';
import { fakeStage } from './fake-stage.ts';

const act = (...steps: readonly Step[]): Act => ({ title: 'Act', steps });
const LIST: Step = { kind: 'command', by: 'person', args: ['list'], exit: 0 };
const SETTLED: Step = {
  kind: 'settled',
  proposal: 'change',
  row: 'the change',
  expected: { state: 'held', outcome: 'partial', verdict: 'refuted' },
};

test('[RANGE-03, RANGE-05] agent and person type the same program, in the range, each under its own marks alone', async () => {
  const { stage, typed } = fakeStage();
  const steps: readonly Step[] = [LIST, { ...LIST, by: 'agent', args: ['comment', 'p-1', '--text', 'x y'] }];
  expect(await playAct(stage, act(...steps))).toBe('played');
  const [person, agent] = typed;
  expect(person?.file).toBe('/usr/bin/node');
  expect(person?.args).toEqual(['main.ts', 'list']);
  expect(person?.directory).toBe(stage.place.root);
  expect(person?.environment).toEqual({
    PATH: `${stage.place.root}/bin:/usr/bin:/bin`,
    HOME: stage.place.root,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    CHECKPOINT_DISABLE: '1',
    NODE_COMPILE_CACHE: `${stage.place.root}/compiled`,
    TF_CLI_CONFIG_FILE: `${stage.place.root}/terraform.rc`,
    COUNTERSIGN_HOME: `${stage.place.root}/countersign`,
  });
  expect(agent?.args).toEqual(['main.ts', 'comment', 'p-1', '--text', 'x y']);
  expect(agent?.environment).toEqual({
    ...person?.environment,
    COUNTERSIGN_AGENT: 'practice-agent',
    COUNTERSIGN_SESSION: 'practice-1',
    COUNTERSIGN_MODEL: 'scripted',
  });
});

test('[RANGE-03] every line is shown as it could be typed, and who types it', async () => {
  const { stage, said } = fakeStage({
    answer: () => ({ code: 3, stdout: 'p-7k3m  proposed\u001b[2J\n', stderr: 'planned\n' }),
  });
  const propose: Step = {
    kind: 'command',
    by: 'agent',
    args: ['propose', 'sqlite', '--intent', "it's due"],
    exit: 3,
    saves: 'change',
  };
  expect(await playAct(stage, act({ kind: 'agent-says', text: 'done\u202e' }, propose))).toBe('played');
  expect(said()).toContain("agent $ countersign propose sqlite --intent 'it'\\''s due'\n");
  expect(said()).toContain('agent says  “done⟨U+202E⟩”\n');
  expect(said()).toContain('  │ planned\n  │ p-7k3m  proposed⟨U+001B⟩[2J\n  │ exit 3\n');
  expect(stage.ids.get('change')).toBe('p-7k3m');
  expect(stage.rows).toEqual([]);
});

test('[RANGE-03] a later step names the proposal by the id that it got', async () => {
  const { stage, typed, said } = fakeStage({ answer: () => ({ stdout: 'p-1 x' }) });
  const first: Step = { ...LIST, saves: 'change' };
  await playAct(stage, act(first, { ...LIST, args: ['show', '@change'] }));
  expect(typed[1]?.args).toEqual(['main.ts', 'show', 'p-1']);
  expect(said()).toContain('you $ countersign show p-1\n');
});

test('[RANGE-01] an exit code that nobody expected ends the act, and what was not reached is in the table as such', async () => {
  const { stage, typed } = fakeStage({ answer: () => ({ code: 4 }) });
  expect(await playAct(stage, act(LIST, { ...LIST, row: 'again' }, SETTLED))).toBe('different');
  expect(typed).toHaveLength(1);
  expect(stage.rows).toEqual([
    { act: 'Act', what: 'countersign list', expected: 'exit 0', got: 'exit 4', end: 'different' },
    { act: 'Act', what: 'again', expected: 'exit 0', got: 'not reached', end: 'not-reached' },
    { act: 'Act', what: 'the change', expected: 'held, partial, refuted', got: 'not reached', end: 'not-reached' },
  ]);
});

test('[RANGE-01] a command that was stopped or lost is never as expected', async () => {
  const { stage } = fakeStage({ answer: () => ({ lost: true }) });
  expect(await playAct(stage, act({ ...LIST, row: 'list' }))).toBe('different');
  expect(stage.rows[0]).toMatchObject({ got: 'exit unknown', end: 'different' });
});

test('[RANGE-01] a step that must be refused for a reason is judged by the reason too', async () => {
  const held: Step = { ...LIST, exit: 1, says: 'TARGET_HELD', row: 'held' };
  const right = fakeStage({ answer: () => ({ code: 1, stderr: 'refused TARGET_HELD' }) });
  expect(await playAct(right.stage, act(held))).toBe('played');
  expect(right.stage.rows).toEqual([
    { act: 'Act', what: 'held', expected: 'exit 1, TARGET_HELD', got: 'exit 1, TARGET_HELD', end: 'as-expected' },
  ]);
  const wrong = fakeStage({ answer: () => ({ code: 1, stderr: 'refused STALE' }) });
  expect(await playAct(wrong.stage, act(held))).toBe('different');
  expect(wrong.stage.rows[0]).toMatchObject({ got: 'exit 1, no TARGET_HELD', end: 'different' });
});

const show = (view: object) => ({ stdout: JSON.stringify({ id: 'p-1', claims: [], ...view }) });

test('[RANGE-02, RANGE-01] claim, outcome and verdict stand under each other, and the table judges state, outcome and verdict', async () => {
  const { stage, said, typed } = fakeStage({
    answer: () => show({ state: 'held', outcome: 'partial', verdict: 'refuted', claims: [{ text: 'all applied' }] }),
  });
  stage.ids.set('change', 'p-1');
  expect(await playAct(stage, act(SETTLED))).toBe('played');
  expect(typed[0]?.args).toEqual(['main.ts', 'show', 'p-1', '--json']);
  expect(said()).toContain(
    [
      'p-1  held',
      '  │ claimed   “all applied”',
      '  │ outcome   partial   (the runner observed it)',
      '  │ verdict   refuted   (the verifier found it)',
    ].join('\n'),
  );
  expect(stage.rows).toEqual([
    {
      act: 'Act',
      what: 'the change',
      expected: 'held, partial, refuted',
      got: 'held, partial, refuted',
      end: 'as-expected',
    },
  ]);
});

test.for([
  [{ state: 'closed', outcome: 'partial', verdict: 'refuted' }, 'closed, partial, refuted'],
  [{ state: 'held', outcome: 'completed', verdict: 'refuted' }, 'held, completed, refuted'],
  [{ state: 'held', outcome: 'partial', verdict: 'confirmed' }, 'held, partial, confirmed'],
  [{ state: 'open', outcome: null, verdict: null }, 'open, no outcome, no verdict'],
  [{ state: 'held', outcome: 7, verdict: null }, 'unreadable'],
] as const)('[RANGE-01] any other state, outcome or verdict is a difference: %o', async ([view, got]) => {
  const { stage } = fakeStage({ answer: () => show(view) });
  expect(await playAct(stage, act(SETTLED))).toBe('different');
  expect(stage.rows).toMatchObject([{ expected: 'held, partial, refuted', got, end: 'different' }]);
});

test.for([{ code: 2, stdout: '{}' }, { stdout: 'not json' }])(
  '[RANGE-01] a proposal that can not be looked at is a difference: %o',
  async (answer) => {
    const { stage } = fakeStage({ answer: () => answer });
    expect(await playAct(stage, act(SETTLED))).toBe('different');
    expect(stage.rows[0]?.got).toBe('unreadable');
  },
);

test('[RANGE-07] an act that can not be played is skipped visibly, and its lines are in the table with the reason', async () => {
  const { stage, typed, said } = fakeStage();
  expect(await playAct(stage, { ...act(LIST, SETTLED), skipped: 'no terraform' })).toBe('played');
  expect(typed).toEqual([]);
  expect(said()).toContain('skipped: no terraform');
  expect(stage.rows).toEqual([
    { act: 'Act', what: 'the change', expected: 'held, partial, refuted', got: 'no terraform', end: 'skipped' },
  ]);
});

test('[RANGE-06] nothing of the person runs before the person agrees; the agent does not ask', async () => {
  const { stage, typed, handed, asked } = fakeStage({ person: ['', 'nonsense', ''] });
  expect(await playAct(stage, act({ ...LIST, by: 'agent' }, LIST, LIST))).toBe('played');
  expect(asked).toEqual(Array.from({ length: 3 }, () => '  Enter runs it, q leaves › '));
  expect(typed).toHaveLength(1);
  expect(handed).toHaveLength(2);
});

test('[RANGE-06] the command itself gets the terminal, and nothing answers its question for the person', async () => {
  const approve: Step = { ...LIST, args: ['approve', '@change'], unattended: ['--confirm', 'shop-db'] };
  const { stage, typed, handed, said } = fakeStage({ person: ['', ''], ends: [1, 0] });
  stage.ids.set('change', 'p-1');
  expect(await playAct(stage, act(approve))).toBe('played');
  expect(typed).toEqual([]);
  expect(handed).toHaveLength(2);
  expect(handed[0]).toMatchObject({
    file: '/usr/bin/node',
    args: ['main.ts', 'approve', 'p-1'],
    directory: stage.place.root,
  });
  expect(handed[0]?.environment).toMatchObject({ TERM: 'xterm', COUNTERSIGN_HOME: stage.place.home });
  expect(handed[0]?.environment).not.toHaveProperty('NO_COLOR');
  expect(handed[0]?.environment).not.toHaveProperty('COUNTERSIGN_AGENT');
  expect(said()).toContain('you $ countersign approve p-1\n');
});

test('[RANGE-06] who leaves the question of the command itself has left the range, and is not asked again', async () => {
  const approve: Step = { ...LIST, args: ['approve', 'p-1'], unattended: ['--confirm', 'shop-db'] };
  const { stage, handed, asked } = fakeStage({ person: ['', ''], ends: [130, 0] });
  expect(await playAct(stage, act(approve))).toBe('left');
  expect(handed).toHaveLength(1);
  expect(asked).toHaveLength(1);
});

test('[RANGE-01] where nobody is there to answer, the answer is part of the line that is shown', async () => {
  const approve: Step = { ...LIST, args: ['approve', 'p-1'], unattended: ['--confirm', 'shop-db'] };
  const { stage, typed, said } = fakeStage();
  expect(await playAct(stage, act(approve))).toBe('played');
  expect(typed[0]?.args).toEqual(['main.ts', 'approve', 'p-1', '--confirm', 'shop-db']);
  expect(said()).toContain('you $ countersign approve p-1 --confirm shop-db\n');
});

test('[RANGE-01] what a person runs is judged like anything else', async () => {
  const { stage } = fakeStage({ person: [''], ends: [4] });
  expect(await playAct(stage, act(LIST))).toBe('different');
  const judged = fakeStage({ person: [''], answer: () => ({ code: 1, stderr: 'TARGET_HELD' }) });
  expect(await playAct(judged.stage, act({ ...LIST, exit: 1, says: 'TARGET_HELD' }))).toBe('played');
  expect(judged.said()).toContain('TARGET_HELD');
});

test.for([[['q']], [[]]] as const)('[RANGE-06] whoever leaves runs nothing more: %o', async ([person]) => {
  const { stage, typed, handed } = fakeStage({ person });
  expect(await playAct(stage, act(LIST, SETTLED))).toBe('left');
  expect(await playAct(stage, act({ kind: 'program', by: 'person', argv: ['ls'], exit: 0 }))).toBe('left');
  expect(typed).toEqual([]);
  expect(handed).toEqual([]);
});

test('[RANGE-06, RANGE-04] after an interruption no further step is played', async () => {
  const { stage, typed, leave } = fakeStage({ answer: () => ({}) });
  leave();
  expect(await playAct(stage, act(LIST))).toBe('left');
  expect(typed).toEqual([]);
});

test('[RANGE-03] the agent writes files into its work tree, over older ones, for the range it is in, and says so', async () => {
  const examples = mkdtempSync(join(tmpdir(), 'examples-'));
  writeFileSync(join(examples, 'a.sql'), '-- /srv/desk/settings');
  const { stage, said, typed } = fakeStage({ examples });
  mkdirSync(join(stage.place.root, 'work'));
  writeFileSync(join(stage.place.root, 'work/a.sql'), 'older');
  expect(await playAct(stage, act({ kind: 'write', example: 'a.sql', path: 'work/a.sql' }))).toBe('played');
  expect(readFileSync(join(stage.place.root, 'work/a.sql'), 'utf8')).toBe(`-- ${stage.place.settings}`);
  expect(said()).toContain('the agent writes work/a.sql');
  expect(typed).toEqual([]);
});

test('[RANGE-03, RANGE-01] another program is typed by its name, and judged by its end and its words', async () => {
  const read: Step = { kind: 'program', by: 'agent', argv: ['desk', '/orders'], exit: 1, says: '503 ' };
  const { stage, typed, said } = fakeStage({ answer: () => ({ code: 1, stdout: '503 {}' }) });
  expect(await playAct(stage, act(read))).toBe('played');
  expect(typed[0]).toMatchObject({ file: 'desk', args: ['/orders'] });
  expect(said()).toContain('agent $ desk /orders\n');
  expect(await playAct(stage, act({ ...read, says: '200 ' }))).toBe('different');
});

test('[RANGE-01] the lines that an act will put into the table are known before it is played', () => {
  expect(plannedRows(act(LIST, { ...LIST, row: 'list', exit: 1 }, SETTLED)).map((row) => row.what)).toEqual([
    'list',
    'the change',
  ]);
});
