/** Reads which entries of the record nobody stands by. */

import type { LocatedYaml } from './located-yaml.ts';
import { refuseDoubles } from './read-rules.ts';
import type { Disowned } from './trust.ts';
import type { TrustDocument } from './trust-document.ts';

/** Reads the disowned entries. @throws Failure `CONFIG_INVALID` on an entry that stands there twice */
export function readDisowned(yaml: LocatedYaml, document: TrustDocument): readonly Disowned[] {
  const entries = document.disowned ?? [];
  refuseDoubles(
    yaml,
    entries.map(({ entry }) => String(entry)),
    (index) => ['disowned', index, 'entry'],
    'entry',
  );
  return entries.map(({ entry, hash, why }) => ({ seq: entry, hash, why }));
}
