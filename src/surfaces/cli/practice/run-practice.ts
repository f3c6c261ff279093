/** The practice range: the whole loop on a small real service, in a directory that is gone afterwards. */

import { EXIT, type ExitCode, Failure } from '../../../kernel/index.ts';
import { paintFor } from '../terminal.ts';
import type { Row } from './act.ts';
import { AGENT_NAME } from './command-line.ts';
import { type Narrator, narratorFor } from './narrator.ts';
import { openRange, type Range, setTrust } from './open-range.ts';
import { plannedRows, playAct } from './play-act.ts';
import { practiceActs } from './practice-acts.ts';
import { renderScore, scoreExit } from './score.ts';
import type { PracticeParts, PracticeSettings, Stage } from './stage.ts';

/** What a play amounts to: the exit code, the table for people, and its lines for programs. */
export type Played = { readonly exitCode: ExitCode; readonly text: string; readonly rows: readonly Row[] };

/**
 * Plays the range to its end and tells what was expected beside what came.
 *
 * Nothing outside of its own temporary directory is read or written; service and directory are gone afterwards, also
 * after Ctrl-C and after a failure.
 *
 * @returns exit code 0 only if every verdict was the expected one, 1 otherwise, 130 without a table when the person left
 * @throws Failure `USAGE` when nobody is there to play it with, `TOOL_FAILED` when the range can't be opened
 */
export async function runPractice(parts: PracticeParts, settings: PracticeSettings): Promise<Played> {
  const narrator = narratorFor(parts.terminal);
  if (!(await isWanted(parts, settings, narrator))) return leave(narrator);
  const root = await parts.files.makeTemporary(settings.temporaryParent, 'countersign-practice-');
  let service: Range['service'] | undefined;
  try {
    const range = await openRange(parts, settings, root);
    service = range.service;
    welcome(narrator, range.stage);
    await setTrust(range.stage);
    return await play(range.stage, narrator);
  } finally {
    await service?.stop();
    if (settings.isKept) narrator.tell(`kept: ${root}`);
    else await parts.files.remove(root);
  }
}

async function isWanted(parts: PracticeParts, settings: PracticeSettings, narrator: Narrator): Promise<boolean> {
  if (settings.isAuto) return true;
  narrator.act('The practice range');
  narrator.tell(INVITATION);
  const answer = await parts.ask({ text: '\n  Enter opens it, q leaves › ' });
  if (answer.kind === 'nobody' && !parts.interrupted.aborted) {
    throw new Failure('USAGE', 'nobody is here to play with: this is no terminal', {
      hint: 'npm start -- --auto plays the range without a person',
    });
  }
  return answer.kind === 'answered' && answer.text.trim() !== 'q' && !parts.interrupted.aborted;
}

const INVITATION = `A coding agent proposes changes to a small service; you read, approve and execute them, and a verifier looks at
the world afterwards. One of the changes fails half-way. It takes about five minutes, in a temporary directory that
is removed at the end. Enter runs the command that is shown; q leaves at any time.`;

async function play(stage: Stage, narrator: Narrator): Promise<Played> {
  const hasTerraform = (await stage.parts.processes.locate('terraform', stage.settings.searchPath)) !== undefined;
  for (const act of practiceActs(stage.place, hasTerraform)) {
    // An act after one that went another way would be played in a world that nobody expected.
    const isLost = stage.rows.some((row) => row.end === 'different');
    if (isLost) stage.rows.push(...plannedRows(act));
    else if ((await playAct(stage, act)) === 'left') return leave(narrator);
  }
  narrator.act('What was expected, and what came');
  const exitCode = scoreExit(stage.rows);
  const end =
    exitCode === EXIT.done ? 'Every verdict was the expected one.' : 'NOT everything was as expected: see above.';
  const table = renderScore(stage.rows, paintFor(stage.parts.terminal.hasColour));
  return { exitCode, text: `${table}\n\n${end}`, rows: stage.rows };
}

function leave(narrator: Narrator): Played {
  narrator.tell('Left before the end: nothing is judged.');
  return { exitCode: EXIT.interrupted, text: '', rows: [] };
}

function welcome(narrator: Narrator, stage: Stage): void {
  const { root, url } = stage.place;
  narrator.act('What is here');
  narrator.tell(
    [
      `Everything here is real and stays below ${root}`,
      `  the order desk, a service over a SQLite database   ${url}`,
      `  an SSH key that approves for you here; in real life it is your own   ${stage.place.privateKey}`,
      `  a scripted agent, ${AGENT_NAME}: it types the same commands as any agent, and its own words are marked`,
      '',
      'To look around while it plays, in another terminal:',
      `  cd ${root} && . ./env.sh && countersign list`,
    ].join('\n'),
  );
}
