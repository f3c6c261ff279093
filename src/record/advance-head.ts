/** Runner and verifier remember the last head that they signed, check the record against it, and sign the next. */

import { type Clock, Failure, type HashFunction, invariant, type Signer } from '../kernel/index.ts';
import { entryText, NO_HASH } from './event-hash.ts';
import { examineSignatures, type TrustQuestions } from './examine-signatures.ts';
import { type Frontier, growFrontier, rootOf } from './merkle-tree.ts';
import type { Problem } from './problem.ts';
import { headTrouble, type RememberedHead, rememberedHead, type SignedHead, signHead } from './signed-head.ts';
import type { RecordSource, StoredEntry } from './stored-entry.ts';
import { contradiction, cutOff, readEntry, walkEntries } from './verify-record.ts';

/** Remembers one head, in a directory of the process's own that whoever serves the record can't write to. */
export interface HeadMemory {
  /** The head remembered last; `undefined` when none ever was. @throws Failure `RECORD_BROKEN` when it can't be read */
  recall(): Promise<RememberedHead | undefined>;
  /** Durable when it resolves. @throws Failure `STORE_WRITE_FAILED` */
  remember(head: RememberedHead): Promise<void>;
}

/** Where the record stands against an earlier head. `consistent`: it contains all that the head stood for, and `checked` more. */
export type HeadAnswer =
  | { readonly kind: 'consistent'; readonly now: Standing; readonly checked: number }
  | { readonly kind: 'broken'; readonly problem: Problem };

/** A tip and its tree. */
type Standing = { readonly seq: number; readonly hash: string; readonly frontier: Frontier };

const NOTHING: Standing = { seq: 0, hash: NO_HASH, frontier: [] };

/**
 * Checks that a record still contains what an earlier head stood for, and that everything after it links.
 *
 * Looks only at entries from the head on, so it is quick every day; `verifyRecord` looks at all of them.
 *
 * @param earlier  the remembered head; `undefined` starts at the first entry
 * @returns the tip, or a problem: `rolled-back`, `rewritten`, `bad-head`, or a broken link after the head
 */
export async function checkAgainstHead(
  parts: {
    readonly source: RecordSource;
    readonly hash: HashFunction;
    /** Whose signatures are asked about in every entry after the head; none when left out. */
    readonly trust?: TrustQuestions | undefined;
  },
  earlier: RememberedHead | undefined,
): Promise<HeadAnswer> {
  const odd = earlier === undefined ? undefined : await examineRemembered(parts, earlier);
  if (odd !== undefined) return { kind: 'broken', problem: odd };
  const from: Standing = earlier === undefined ? NOTHING : { ...earlier.head, frontier: earlier.frontier };
  let frontier = from.frontier;
  // What follows the head was recorded after it was signed, whatever it says of itself.
  let latestMs = earlier?.head.atMs ?? 0;
  const walked = await walkEntries(parts, { seq: from.seq, hash: from.hash }, (entry) => {
    frontier = growFrontier(parts.hash, frontier, entry.seq - 1, entry.hash);
    if (parts.trust?.disowned?.(entry) !== undefined) return undefined;
    latestMs = Math.max(latestMs, entry.atMs);
    return parts.trust === undefined ? undefined : examineSigned(entry, parts.trust, latestMs);
  });
  if (walked.kind === 'broken') return walked;
  return { kind: 'consistent', now: { ...walked.head, frontier }, checked: walked.checked };
}

function examineSigned(entry: StoredEntry, trust: TrustQuestions, latestMs: number): Problem | undefined {
  const read = readEntry(entry);
  return read.kind === 'odd' ? read.problem : examineSignatures(read.event, trust, latestMs);
}

async function examineRemembered(
  parts: { readonly source: RecordSource; readonly hash: HashFunction },
  { head, frontier }: RememberedHead,
): Promise<Problem | undefined> {
  if (rootOf(parts.hash, frontier) !== head.root) {
    return {
      kind: 'bad-head',
      seq: head.seq,
      what: `the remembered tree does not belong to the head of entry ${head.seq}`,
    };
  }
  const trouble = headTrouble(head);
  if (trouble !== undefined || head.seq === 0) return trouble;
  const [entry] = await parts.source.entries(head.seq - 1, 1);
  // The stored hash is only a word; what counts is what the entry hashes to.
  if (entry?.seq === head.seq) return contradiction([head], { ...entry, hash: parts.hash(entryText(entry)) });
  return (
    cutOff([head], await parts.source.head()) ?? { kind: 'gap', seq: head.seq, what: `entry ${head.seq} is missing` }
  );
}

/** What advancing a head needs. */
export type HeadParts = {
  readonly source: RecordSource;
  readonly hash: HashFunction;
  readonly clock: Clock;
  readonly signer: Signer;
  readonly memory: HeadMemory;
  /** Whose signatures are asked about in what is new; none when left out. */
  readonly trust?: TrustQuestions | undefined;
};

/**
 * Checks the record against the remembered head, signs where it stands now, and remembers that.
 *
 * @returns the new head; the remembered one when nothing was added; or what is wrong, and then nothing is signed or forgotten
 * @throws Failure `SIGNING_FAILED`, `KEY_UNREADABLE`, `STORE_WRITE_FAILED`, `RECORD_BROKEN` (the memory itself)
 */
export async function advanceHead(
  parts: HeadParts,
): Promise<
  { readonly kind: 'signed'; readonly head: SignedHead } | { readonly kind: 'broken'; readonly problem: Problem }
> {
  const remembered = await parts.memory.recall();
  const answer = await checkAgainstHead(parts, remembered);
  if (answer.kind === 'broken') return answer;
  if (remembered !== undefined && answer.checked === 0) return { kind: 'signed', head: remembered.head };
  const { frontier, seq, hash } = answer.now;
  const head = await signHead(parts, { seq, hash }, frontier);
  await parts.memory.remember({ head, frontier });
  return { kind: 'signed', head };
}

/**
 * Reads a remembered head from its JSON text.
 *
 * @throws Failure `RECORD_BROKEN`: a head that can't be read must not pass for none
 */
export function parseRememberedHead(text: string, where: string): RememberedHead {
  const parsed = rememberedHead.safeParse(jsonOf(text));
  if (parsed.error === undefined) return parsed.data;
  throw new Failure('RECORD_BROKEN', 'the remembered head of the record can not be read', {
    hint: 'find out who changed it; only when you know, remove the file, and verify the whole record',
    where,
    cause: parsed.error,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    invariant(thrown instanceof SyntaxError, 'JSON.parse throws nothing but SyntaxError');
    return undefined;
  }
}
