/** Files without our own homes: what is sealed of a directory above them must not carry keys and record along. */

import { join } from 'node:path';
import type { Files } from '../kernel/index.ts';
import type { Base } from './base.ts';

/**
 * Leaves our four homes out of every directory above them. A directory inside of a home is read whole: a planner's scratch and a
 * runner's private copies lie there.
 */
export function leaveOutHomes({ machine, homes }: Pick<Base, 'machine' | 'homes'>): Files {
  const { files } = machine;
  const ours = [homes.state, homes.trust, homes.runner, homes.verifier];
  return {
    ...files,
    tree: async (directory, skip) => {
      const real = await Promise.all(ours.map((home) => files.realPath(home)));
      const homePaths = new Set([...ours, ...real]);
      return await files.tree(directory, (path) => skip(path) || homePaths.has(join(directory, path)));
    },
  };
}
