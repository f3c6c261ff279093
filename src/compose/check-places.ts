/** Where checks look for programs, and where they must not look: the same for whoever seals a check and for whoever puts it. */

import type { Homes } from '../adapters/index.ts';
import type { Base } from './base.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The search path of check programs. */
export function searchPath(base: Base): string {
  return base.environment['PATH'] ?? DEFAULT_PATH;
}

/** Directories that no check may look into. */
export function keptOut(homes: Homes): readonly string[] {
  return [homes.state, homes.trust, homes.runner, homes.verifier];
}
