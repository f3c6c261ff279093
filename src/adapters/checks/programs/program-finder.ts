/** Finds, for whoever proposes, the files that a check's command would run: the same search as the verifier's own. */

import { Failure } from '../../../kernel/index.ts';
import type { ProgramFinder } from '../../../loop/propose/index.ts';
import { findPrograms, type ProgramPlaces } from './find-programs.ts';

/** Searches as the verifier will, by this process's account. */
export function programFinder(places: Omit<ProgramPlaces, 'directory'>): ProgramFinder {
  return {
    find: async (question, directory) => {
      const answer = await findPrograms(question, { ...places, directory: question.directory ?? directory });
      if (answer.kind === 'unfit') {
        throw new Failure('CONFIG_INVALID', answer.why, {
          hint: 'name a program and files that are there and that this account may read, or ask by a `file` or `http` check',
        });
      }
      return [...new Map(answer.programs.map((one) => [one.path, one])).values()].map(
        ({ path, sha256, sizeBytes }) => ({ path, sha256, sizeBytes }),
      );
    },
  };
}
