/** What can be wrong with a record, and where. */

/** The kinds of damage, from the chain outwards. */
export type ProblemKind =
  | 'gap'
  | 'prev-mismatch'
  | 'hash-mismatch'
  | 'stream-mismatch'
  | 'unreadable'
  | 'column-mismatch'
  | 'impossible'
  | 'projection-mismatch'
  | 'bad-signature'
  | 'bad-approval'
  | 'bad-statement'
  | 'bad-place'
  | 'blob-missing'
  | 'blob-corrupt'
  | 'rolled-back'
  | 'rewritten'
  | 'bad-head'
  | 'incomplete';

/** An entry that an approver disowned in the signed trust file, and why: it is counted, and nothing in it is believed. */
export type DisownedEntry = { readonly seq: number; readonly hash: string; readonly why: string };

/** The first bad entry. `seq` is 0 when the trouble lies before any entry: a head, a header. */
export type Problem = { readonly kind: ProblemKind; readonly seq: number; readonly what: string };
