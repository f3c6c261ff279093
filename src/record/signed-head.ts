/** A signed head: somebody with a key says that the record stood so. Whoever holds one finds any rewriting of what came before. */

import { z } from 'zod';
import { type Clock, canonicalJson, Failure, type HashFunction, type Sha256Hex, type Signer } from '../kernel/index.ts';
import type { ChainHead } from './event-log.ts';
import { isSignedBy } from './examine-signatures.ts';
import { type Frontier, rootOf } from './merkle-tree.ts';
import type { Problem } from './problem.ts';
import { exactly } from './same-type.ts';
import { digest } from './word-schemas.ts';

/** The tip of the record at a time, signed over the JCS of everything but the signature. */
export type SignedHead = {
  readonly schema: 'countersign.head/1';
  readonly seq: number;
  readonly hash: Sha256Hex;
  /** Root of the Merkle tree over the hashes of all events up to `seq`. */
  readonly root: Sha256Hex;
  readonly atMs: number;
  readonly signer: string;
  /** Ed25519 public key, base64 SPKI. */
  readonly key: string;
  /** Base64. */
  readonly signature: string;
};

/** What a signed head looks like in JSON. */
export const signedHead: z.ZodType<SignedHead> = exactly<SignedHead>()(
  z.strictObject({
    schema: z.literal('countersign.head/1'),
    seq: z.int().nonnegative(),
    hash: digest,
    root: digest,
    atMs: z.int(),
    signer: z.string(),
    key: z.string(),
    signature: z.string(),
  }),
);

/** A head with what growing its tree needs: what a runner or verifier remembers in its own directory. */
export type RememberedHead = { readonly head: SignedHead; readonly frontier: Frontier };

/** What a remembered head looks like in JSON. */
export const rememberedHead: z.ZodType<RememberedHead> = exactly<RememberedHead>()(
  z.strictObject({ head: signedHead, frontier: z.array(digest).readonly() }),
);

/**
 * Reads a signed head from its JSON text, as `countersign record head` prints it. Its signature is not checked here.
 *
 * @throws Failure `CONFIG_INVALID` when it is none
 */
export function parseSignedHead(text: string, where: string): SignedHead {
  const parsed = signedHead.safeParse(jsonOf(text));
  if (parsed.error === undefined) return parsed.data;
  throw new Failure('CONFIG_INVALID', 'this is no signed head', {
    hint: 'give a file that countersign record head printed',
    where,
    cause: parsed.error,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no head: the schema says so.
    return undefined;
  }
}

/** Signs the tip of a record. */
export async function signHead(
  parts: { readonly hash: HashFunction; readonly clock: Clock; readonly signer: Signer },
  head: ChainHead,
  frontier: Frontier,
): Promise<SignedHead> {
  const unsigned = {
    schema: 'countersign.head/1',
    ...head,
    root: rootOf(parts.hash, frontier),
    atMs: parts.clock.nowMs(),
    signer: parts.signer.name,
    key: parts.signer.key,
  } as const;
  return { ...unsigned, signature: await parts.signer.sign(canonicalJson(unsigned)) };
}

/** Says what is wrong with a head's own signature. */
export function headTrouble(head: SignedHead): Problem | undefined {
  const { signature, ...unsigned } = head;
  if (isSignedBy(head.key, canonicalJson(unsigned), signature)) return undefined;
  return { kind: 'bad-head', seq: head.seq, what: `the head of entry ${head.seq} was not signed by ${head.signer}` };
}
