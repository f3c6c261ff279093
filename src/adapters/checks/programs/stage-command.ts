/**
 * Stages a check's command: what people signed is what runs.
 *
 * Scripts and other named files run as private copies of the sealed bytes, so that nobody can swap them between the look and the
 * start. A compiled program runs where it is, since most find their libraries from there: it is compared before and after.
 */

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CheckProgram } from '../../../kernel/index.ts';
import type { CommandQuestion } from '../../../tools/index.ts';
import { differsFromSealed } from './differs-from-sealed.ts';
import { type FoundProgram, findPrograms, type ProgramPlaces } from './find-programs.ts';

/** A command that may be put, or why not. */
export type StagedCommand =
  | {
      readonly kind: 'staged';
      /** Runs the copies. */
      readonly argv: readonly string[];
      /** To be asked once the command has ended: says what was not as sealed while it ran. */
      readonly whatChanged: () => Promise<string | undefined>;
    }
  | { readonly kind: 'differs'; readonly why: string };

/** What to stage, and where. */
export type Staging = {
  readonly question: CommandQuestion;
  /** Of this check, from the manifest that people signed. */
  readonly sealed: readonly CheckProgram[];
  readonly places: ProgramPlaces;
  /** An existing private directory; nothing that a check runs may write to it. */
  readonly copies: string;
};

const PRIVATE_DIRECTORY = 0o700;
const OWNER_MAY_READ = 0o400;
const OWNER_MAY_RUN = 0o100;

/** Compares the files of a command with the sealed ones, and copies what can run as a copy. */
export async function stageCommand(staging: Staging): Promise<StagedCommand> {
  const found = await findPrograms(staging.question, staging.places);
  if (found.kind === 'unfit') return { kind: 'differs', why: found.why };
  const why = differsFromSealed(staging.sealed, found.programs);
  if (why !== undefined) return { kind: 'differs', why };
  const argv = [found.file, ...staging.question.argv.slice(1)];
  for (const [index, program] of [...found.programs.entries()].toSorted(byPlaceFromTheRight)) {
    if (program.place === undefined || program.content === undefined) continue;
    const { argument, start, end } = program.place;
    const text = argv[argument] ?? '';
    const copy = await copyOf(program.content, program, join(staging.copies, String(index)));
    argv[argument] = text.slice(0, start) + copy + text.slice(end);
  }
  return { kind: 'staged', argv, whatChanged: () => whatChanged(staging, found.programs) };
}

/** An argument may name several files: what stands further left must stay where it was found. */
function byPlaceFromTheRight(
  [, one]: readonly [number, FoundProgram],
  [, other]: readonly [number, FoundProgram],
): number {
  return (other.place?.start ?? 0) - (one.place?.start ?? 0);
}

async function copyOf(content: Uint8Array, { path, isRunnable }: FoundProgram, directory: string): Promise<string> {
  await mkdir(directory, { mode: PRIVATE_DIRECTORY });
  const copy = join(directory, basename(path));
  await writeFile(copy, content, { flag: 'wx', mode: OWNER_MAY_READ });
  await chmod(copy, OWNER_MAY_READ | (isRunnable ? OWNER_MAY_RUN : 0));
  return copy;
}

async function whatChanged(staging: Staging, before: readonly FoundProgram[]): Promise<string | undefined> {
  const after = await findPrograms(staging.question, staging.places);
  if (after.kind === 'unfit') return after.why;
  const why = differsFromSealed(staging.sealed, after.programs);
  if (why !== undefined) return `${why}, while it ran`;
  const identities = new Map(after.programs.map(({ path, identity }) => [path, identity]));
  const swapped = before.find(
    ({ path, identity, content }) => content === undefined && identities.get(path) !== identity,
  );
  return swapped === undefined ? undefined : `${swapped.path} was written to or replaced while it ran`;
}
