/** The first line of an export: read, and examined as far as anybody signed it. */

import { canonicalJson, Failure, type HashFunction } from '../kernel/index.ts';
import { isSignedBy } from './examine-signatures.ts';
import { type ExportHeader, exportHeader } from './export-format.ts';
import { rootsFromConsistency } from './merkle-tree.ts';
import type { Problem } from './problem.ts';
import { headTrouble, type SignedHead } from './signed-head.ts';
import { cutOff } from './verify-record.ts';

/** Reads a header. @throws Failure `CONFIG_INVALID` when the line is none */
export function readHeader(line: string): ExportHeader {
  const parsed = exportHeader.safeParse(jsonOf(line));
  if (parsed.error !== undefined) throw noExport(parsed.error);
  return parsed.data;
}

/** The failure for a file that is no export. */
export function noExport(cause: unknown): Failure {
  return new Failure('CONFIG_INVALID', 'this file is no export of a record', {
    hint: 'its first line must be a header of schema countersign.export/1, as countersign record export writes it',
    where: 'line 1',
    cause,
  });
}

/** The JSON of a line; `undefined` when it is none. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // What is no JSON fits no schema: the caller reports the line.
    return undefined;
  }
}

/** What a header is examined with. */
export type HeaderParts = {
  readonly header: ExportHeader;
  /** Keys that are believed; `undefined` where nobody said which. */
  readonly keys: readonly string[] | undefined;
  readonly earlier?: SignedHead | undefined;
  readonly hash: HashFunction;
};

/** Says what is wrong with a header, by itself and beside an earlier head. A header that nobody signed is not wrong by that. */
export function examineHeader({ header, keys, earlier, hash }: HeaderParts): Problem | undefined {
  const trouble = signatureTrouble(header, keys);
  if (trouble !== undefined || earlier === undefined) return trouble;
  return headTrouble(earlier) ?? cutOff([earlier], header.head) ?? examineConsistency(header, earlier, hash);
}

function signatureTrouble(header: ExportHeader, keys: readonly string[] | undefined): Problem | undefined {
  if (header.signature === null) return undefined;
  const { signature, ...unsigned } = header;
  const { head } = header;
  const bad = (what: string): Problem => ({ kind: 'bad-head', seq: head.seq, what });
  if (keys !== undefined && !keys.includes(head.key))
    return bad(`the head is signed by "${head.signer}", with a key that nobody vouched for`);
  const trouble = headTrouble(head);
  if (trouble !== undefined) return trouble;
  if (isSignedBy(head.key, canonicalJson(unsigned), signature)) return undefined;
  return bad(`the header was not signed by ${head.signer}`);
}

function examineConsistency(header: ExportHeader, earlier: SignedHead, hash: HashFunction): Problem | undefined {
  const { consistency, head } = header;
  if (consistency?.seq !== earlier.seq) return undefined;
  const roots = rootsFromConsistency(hash, consistency, earlier.seq, head.seq);
  if (roots?.earlier === earlier.root && roots.later === head.root) return undefined;
  const what = `the record up to entry ${earlier.seq} is not the one that ${earlier.signer} signed: it was rewritten`;
  return { kind: 'rewritten', seq: earlier.seq, what };
}
