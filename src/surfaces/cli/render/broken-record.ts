/** A record that does not hold, for people: which entry, and the ways on from there. */

import type { TrustWords } from '../../../compose.ts';
import { visibleLine } from '../../../kernel/index.ts';
import type { DisownedEntry, Problem, ProblemKind } from '../../../record/index.ts';
import type { Paint } from '../terminal.ts';

/** The bad entry, where its hash is known, and what the trust file disowns. */
export type Breach = {
  readonly problem: Problem;
  readonly entry: { readonly seq: number; readonly hash: string } | null;
  readonly disowned: readonly DisownedEntry[];
};

/** What no trust file can disown: the chain itself, a summary that somebody edited, blobs, and heads. */
const BEYOND_DISOWNING: readonly ProblemKind[] = [
  'gap',
  'prev-mismatch',
  'hash-mismatch',
  'projection-mismatch',
  'blob-missing',
  'blob-corrupt',
  'rolled-back',
  'rewritten',
  'bad-head',
  'incomplete',
];

/** Writes what is broken, and what to do. */
export function brokenRecord(breach: Breach, paint: Paint): string {
  const { problem } = breach;
  return [
    `${paint('bad', 'BROKEN')}  at entry ${problem.seq}: ${visibleLine(problem.what)}`,
    paint('plain', `  ${problem.kind}; nothing after this entry can be believed`),
    '  next  compare with a backup or an export; find out who can write to the record',
    ...disowning(breach, paint),
  ].join('\n');
}

function disowning({ problem, entry, disowned }: Breach, paint: Paint): readonly string[] {
  if (entry === null || BEYOND_DISOWNING.includes(problem.kind)) return [];
  const isAnother = disowned.some(({ seq, hash }) => seq === entry.seq && hash !== entry.hash);
  return [
    ...(isAnother ? [paint('warning', `  the trust file disowns an entry ${entry.seq} with another hash`)] : []),
    '  then  once you know, disown it in the trust file, raise its version, and have an approver sign it:',
    `          disowned:\n            - entry: ${entry.seq}\n              hash: ${entry.hash}\n              why: what you found out`,
  ];
}

/** What the trust file disowns: `disowned` does not hold; `ignored` does, and no word against it counts. */
export type Disownings = { readonly disowned?: readonly DisownedEntry[]; readonly ignored?: readonly DisownedEntry[] };

/** Names the entries that nobody stands by, and those that the trust file disowns in vain. */
export function disownedLines({ disowned = [], ignored = [] }: Disownings, paint: Paint): readonly string[] {
  const count = `  ${disowned.length} disowned in the trust file; nothing that they say is believed`;
  return [
    ...(disowned.length === 0 ? [] : [paint('warning', count)]),
    ...disowned.map(({ seq, why }) => `    entry ${seq}: ${visibleLine(why)}`),
    ...ignoredLines(ignored, paint),
  ];
}

/** Names the entries that hold and are disowned all the same: whoever signed that tried to have genuine words disbelieved. */
export function ignoredLines(ignored: readonly DisownedEntry[], paint: Paint): readonly string[] {
  return ignored.map(({ seq, why }) =>
    paint('warning', `  entry ${seq}: disowned, but it holds: ignored (${visibleLine(why)})`),
  );
}

/** Names the versions of the trust file that signatures are judged by, with what people must know about them. */
export function trustLines({ versions, notes }: TrustWords, paint: Paint): readonly string[] {
  return [
    `  signatures judged by version${versions.length === 1 ? '' : 's'} ${versions.join(', ')} of the trust file, each in its time`,
    ...notes.map((note) => paint('warning', `  ${note}`)),
  ];
}
