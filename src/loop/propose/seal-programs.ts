/** Seals what the checks of a bundle run: a script that changes after the approval is not what people approved. */

import { type CheckProgram, type CheckSpec, Failure, isFailure, visibleLine } from '../../kernel/index.ts';
import { CHECK_QUESTIONS, type CommandQuestion } from '../../tools/index.ts';
import type { ProgramFinder } from './program-finder.ts';

/**
 * Names the files of every `command` check.
 *
 * @param directory  where the change is planned
 * @throws Failure `CONFIG_INVALID` when a check's program can't be sealed: it could never be put
 */
export async function sealPrograms(
  finder: ProgramFinder,
  checks: readonly CheckSpec[],
  directory: string,
): Promise<readonly CheckProgram[]> {
  const sealed: CheckProgram[] = [];
  for (const { id, kind, question } of checks) {
    if (kind !== 'command') continue;
    const files = await findFor(finder, id, { question: CHECK_QUESTIONS.command.parse(question), directory });
    sealed.push(...files.map((file) => ({ check: id, ...file })));
  }
  return sealed;
}

type Finding = { readonly question: CommandQuestion; readonly directory: string };

async function findFor(
  finder: ProgramFinder,
  id: string,
  { question, directory }: Finding,
): Promise<readonly Omit<CheckProgram, 'check'>[]> {
  try {
    return await finder.find(question, directory);
  } catch (cause) {
    if (!isFailure(cause)) throw cause;
    throw new Failure(
      cause.code,
      `the program of the check ${visibleLine(id)} can't be sealed: ${visibleLine(cause.message)}`,
      {
        hint: cause.hint,
        where: `checks: ${visibleLine(id)}`,
        cause,
      },
    );
  }
}
