/** Errands as a bundle would have them: with the files of their command sealed. */

import { programFinder } from '../../src/adapters/index.ts';
import { type CheckProgram, isFailure } from '../../src/kernel/index.ts';
import type { CheckErrand } from '../../src/loop/verify/index.ts';
import { CHECK_QUESTIONS } from '../../src/tools/index.ts';

/** Seals what the errand's command would run now; a command without a program is left unsealed. */
export async function sealErrand(errand: Omit<CheckErrand, 'programs'>): Promise<CheckErrand> {
  return { ...errand, programs: await sealedPrograms(errand.spec, errand.directory) };
}

/** The files of a check, as they are now. */
export async function sealedPrograms(
  { id, kind, question }: Pick<CheckErrand['spec'], 'id' | 'kind' | 'question'>,
  directory: string,
): Promise<readonly CheckProgram[]> {
  const command = CHECK_QUESTIONS.command.safeParse(question).data;
  if (kind !== 'command' || command === undefined) return [];
  const finder = programFinder({ searchPath: process.env['PATH'] ?? '', keepOut: [] });
  try {
    const files = await finder.find(command, directory);
    return files.map((file) => ({ check: id, ...file }));
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return [];
  }
}
