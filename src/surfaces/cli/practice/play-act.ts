/** Plays one act, step by step, until it is over, differs from what was expected, or the person leaves. */

import { EXIT, invariant } from '../../../kernel/index.ts';
import type { Act, CommandStep, ProgramStep, Row, SettledStep, Step } from './act.ts';
import { handOver, runProgram, shownLine, type Typed, typeCommand } from './command-line.ts';
import { lookAt, type Sight } from './look-at.ts';
import { type Narrator, narratorFor } from './narrator.ts';
import type { Stage } from './stage.ts';

/** How an act ended. */
export type ActEnd = 'played' | 'different' | 'left';

/** Plays an act and puts its lines into the stage's table: those not reached as well, so that none is lost. */
export async function playAct(stage: Stage, act: Act): Promise<ActEnd> {
  const narrator = narratorFor(stage.parts.terminal);
  narrator.act(act.title);
  if (act.skipped !== undefined) {
    narrator.aside('warning', `skipped: ${act.skipped}`);
    for (const row of plannedRows(act)) stage.rows.push({ ...row, got: act.skipped, end: 'skipped' });
    return 'played';
  }
  const rowsBefore = stage.rows.length;
  const end = await playSteps(stage, act, narrator);
  const reached = new Set(stage.rows.slice(rowsBefore).map((row) => row.what));
  for (const row of plannedRows(act)) if (!reached.has(row.what)) stage.rows.push(row);
  return end;
}

async function playSteps(stage: Stage, act: Act, narrator: Narrator): Promise<ActEnd> {
  for (const step of act.steps) {
    if (stage.parts.interrupted.aborted) return 'left';
    const answer = await playStep(stage, narrator, step);
    if (answer.kind === 'left') return 'left';
    if (answer.row !== undefined) stage.rows.push({ act: act.title, ...answer.row });
    if (answer.row?.end === 'different') return 'different';
  }
  return 'played';
}

type StepEnd = { readonly kind: 'left' } | { readonly kind: 'played'; readonly row: Omit<Row, 'act'> | undefined };

const PLAYED: StepEnd = { kind: 'played', row: undefined };

async function playStep(stage: Stage, narrator: Narrator, step: Step): Promise<StepEnd> {
  switch (step.kind) {
    case 'tell':
      narrator.tell(step.text);
      return PLAYED;
    case 'agent-says':
      narrator.agentSays(step.text);
      return PLAYED;
    case 'write':
      await write(stage, step.example, step.path);
      narrator.aside('plain', `the agent writes ${step.path}`);
      return PLAYED;
    case 'program':
      return await playProgram(stage, narrator, step);
    case 'command':
      return await playCommand(stage, narrator, step);
    case 'settled':
      return await playSettled(stage, narrator, step);
  }
}

/** Where the examples say that the order desk's settings are. On the range they are elsewhere. */
const EXAMPLE_SETTINGS = '/srv/desk/settings';
const MOST_EXAMPLE_BYTES = 64 * 1024;
const PRIVATE_FILE = 0o600;

async function write(stage: Stage, example: string, path: string): Promise<void> {
  const { files } = stage.parts;
  const content = await files.read(`${stage.settings.examples}/${example}`, MOST_EXAMPLE_BYTES);
  invariant(content !== undefined, `the example ${example} is part of the package`);
  const text = new TextDecoder().decode(content).replaceAll(EXAMPLE_SETTINGS, stage.place.settings);
  await files.write(`${stage.place.root}/${path}`, text, PRIVATE_FILE);
}

async function playProgram(stage: Stage, narrator: Narrator, step: ProgramStep): Promise<StepEnd> {
  narrator.command(step.by === 'agent' ? 'agent' : 'you', shownLine(step.argv));
  if (step.by === 'person' && !stage.settings.isAuto && !(await personAgrees(stage))) return { kind: 'left' };
  const typed = await runProgram(stage, step.by, step.argv);
  narrator.output(`${typed.stderr}${typed.stdout}`);
  return { kind: 'played', row: compare(step.argv, step, typed, undefined) };
}

async function playCommand(stage: Stage, narrator: Narrator, step: CommandStep): Promise<StepEnd> {
  const isAttended = step.by === 'person' && !stage.settings.isAuto;
  const extra = isAttended ? [] : (step.unattended ?? []);
  const args = [...step.args, ...extra].map((arg) =>
    arg.startsWith('@') ? (stage.ids.get(arg.slice(1)) ?? arg) : arg,
  );
  const line = ['countersign', ...args];
  narrator.command(step.by === 'agent' ? 'agent' : 'you', shownLine(line));
  const typed = isAttended ? await attend(stage, step, args) : await typeCommand(stage, step.by, args);
  if (typed === 'left') return { kind: 'left' };
  narrator.output(`${typed.stderr}${typed.stdout}`);
  if (typed.exitCode !== 0) narrator.aside('faint', `exit ${typed.exitCode ?? 'unknown'}`);
  if (step.saves !== undefined) stage.ids.set(step.saves, typed.stdout.trimStart().split(/\s/)[0] ?? '');
  return { kind: 'played', row: compare(line, step, typed, step.row) };
}

/** Hands the terminal to the command once the person agrees; where it asks a question itself, also again after a "no". */
async function attend(stage: Stage, step: CommandStep, args: readonly string[]): Promise<Typed | 'left'> {
  for (;;) {
    if (!(await personAgrees(stage))) return 'left';
    // Words that must be judged have to be read; everything else belongs to the person's own terminal.
    if (step.says !== undefined) return await typeCommand(stage, step.by, args);
    const typed = await handOver(stage, args);
    // They left the command's own question: asking them once more would hold on to somebody who wants to go.
    if (typed.exitCode === EXIT.interrupted) return 'left';
    if (step.unattended === undefined || typed.exitCode === step.exit) return typed;
  }
}

/** Waits for the person: Enter goes on, `q` or the end of input leaves the range. */
async function personAgrees(stage: Stage): Promise<boolean> {
  while (!stage.parts.interrupted.aborted) {
    const answer = await stage.parts.ask({ text: '  Enter runs it, q leaves › ' });
    if (answer.kind !== 'answered' || answer.text.trim() === 'q') return false;
    if (answer.text.trim() === '') return !stage.parts.interrupted.aborted;
  }
  return false;
}

/** As many words of a command line as it takes to know which one it was. */
const NAMING_WORDS = 3;

type Expected = { readonly exit: number; readonly says?: string | undefined };

function compare(
  line: readonly string[],
  step: Expected,
  typed: Typed,
  row: string | undefined,
): Omit<Row, 'act'> | undefined {
  const hasSaid = step.says === undefined || `${typed.stdout}${typed.stderr}`.includes(step.says);
  const isAsExpected = typed.exitCode === step.exit && hasSaid;
  if (isAsExpected && row === undefined) return undefined;
  const expected = step.says === undefined ? `exit ${step.exit}` : `exit ${step.exit}, ${step.says.trim()}`;
  const got = isAsExpected
    ? expected
    : `exit ${typed.exitCode ?? 'unknown'}${hasSaid ? '' : `, no ${step.says ?? ''}`}`;
  return {
    what: row ?? line.slice(0, NAMING_WORDS).join(' '),
    expected,
    got,
    end: isAsExpected ? 'as-expected' : 'different',
  };
}

async function playSettled(stage: Stage, narrator: Narrator, step: SettledStep): Promise<StepEnd> {
  const sight = await lookAt(stage, stage.ids.get(step.proposal) ?? step.proposal);
  if (sight !== undefined) tellSight(narrator, sight);
  const expected = settledText(step.expected);
  const got = sight === undefined ? 'unreadable' : settledText(sight);
  const end = got === expected ? 'as-expected' : 'different';
  return { kind: 'played', row: { what: step.row, expected, got, end } };
}

/** Puts the claim, the outcome and the verdict under each other: three voices, never merged. */
function tellSight(narrator: Narrator, sight: Sight): void {
  narrator.tell(`${sight.id}  ${sight.state}`);
  for (const claim of sight.claims) narrator.aside('warning', `claimed   “${claim.text}”`);
  narrator.aside('strong', `outcome   ${sight.outcome ?? 'none'}   (the runner observed it)`);
  narrator.aside('strong', `verdict   ${sight.verdict ?? 'none'}   (the verifier found it)`);
}

function settledText(settled: { state: string; outcome: string | null; verdict: string | null }): string {
  return `${settled.state}, ${settled.outcome ?? 'no outcome'}, ${settled.verdict ?? 'no verdict'}`;
}

/** The lines that an act would put into the table, as not reached. */
export function plannedRows(act: Act): readonly Row[] {
  return act.steps.flatMap((step): readonly Row[] => {
    if (step.kind === 'settled') return [notReached(act, step.row, settledText(step.expected))];
    if (step.kind !== 'command' || step.row === undefined) return [];
    return [notReached(act, step.row, `exit ${step.exit}`)];
  });
}

function notReached(act: Act, what: string, expected: string): Row {
  return { act: act.title, what, expected, got: 'not reached', end: 'not-reached' };
}
