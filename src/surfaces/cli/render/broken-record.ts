/** A record that does not hold, for people: which entry, and the ways on from there. */

import { visibleLine } from '../../../kernel/index.ts';
import type { DisownedEntry, Problem, ProblemKind } from '../../../record/index.ts';
import type { Paint } from '../terminal.ts';

/** The bad entry, where its hash is known, and what the trust file disowns. */
export type Breach = {
  readonly problem: Problem;
  readonly entry: { readonly seq: number; readonly hash: string } | null;
  readonly disowned: readonly DisownedEntry[];
};

/** What no trust file can disown: the chain itself, a summary that somebody edited, and heads. */
const BEYOND_DISOWNING: readonly ProblemKind[] = [
  'gap',
  'prev-mismatch',
  'hash-mismatch',
  'projection-mismatch',
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

/** Names the entries that nobody stands by. */
export function disownedLines(disowned: readonly DisownedEntry[], paint: Paint): readonly string[] {
  if (disowned.length === 0) return [];
  return [
    paint('warning', `  ${disowned.length} disowned in the trust file; nothing that they say is believed`),
    ...disowned.map(({ seq, why }) => `    entry ${seq}: ${visibleLine(why)}`),
  ];
}
