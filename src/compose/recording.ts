/** Composed for the record itself: verification, export, and the signed head. */

import { join } from 'node:path';
import { fileHeadMemory, mayUse, openKeys, type Store } from '../adapters/index.ts';
import type { Clock, Files, HashFunction, Signer } from '../kernel/index.ts';
import type { BlobStore, Share, SignedHead, VerificationAnswer } from '../record/index.ts';
import { type Base, openRecord } from './base.ts';
import { advance, HEAD_FILE } from './check-record.ts';
import { LOCAL_VERIFIER } from './local-names.ts';
import { type Origin, readTrustWords, type TrustWords } from './trust-questions.ts';
import { verifyShare } from './verify-share.ts';

/** The record for whoever checks it. */
export type Recording = {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly hash: HashFunction;
  readonly clock: Clock;
  readonly files: Files;
  /** What the trust files say, of the record here or of a file. @throws Failure `TRUST_MISSING` and others of the trust file */
  readonly trust: (origin: Origin) => Promise<TrustWords>;
  /** The verifier's key, which signs heads and exports. */
  readonly openSigner: () => Promise<Signer>;
  /** The heads that runner and verifier of this machine remember, where this account may read them. */
  readonly rememberedHeads: () => Promise<readonly SignedHead[]>;
  /** Checks the record against what the verifier remembers, signs where it stands, and remembers that. */
  readonly signHead: () => Promise<SignedHead>;
  /** Has another process verify a share. @throws Failure `TOOL_FAILED` */
  readonly verifyShare: (share: Share, headFile: string | undefined) => Promise<VerificationAnswer>;
};

/** Composes the record for whoever checks it. */
export async function composeRecording(base: Base): Promise<Recording> {
  const { store, blobs } = await openRecord(base);
  const { hash, clock, files } = base.machine;
  const home = base.homes.verifier;
  const openSigner = async (): Promise<Signer> => (await openKeys(join(home, 'keys'), LOCAL_VERIFIER)).signer;
  return {
    store,
    blobs,
    hash,
    clock,
    files,
    trust: (origin) => readTrustWords(base, base.homes.state, origin),
    openSigner,
    rememberedHeads: () => rememberedHeads(base),
    signHead: async () => await advance(base, { store, signer: await openSigner(), home }),
    verifyShare: (share, headFile) => verifyShare(base, share, headFile),
  };
}

async function rememberedHeads(base: Base): Promise<readonly SignedHead[]> {
  const heads: SignedHead[] = [];
  for (const home of [base.homes.runner, base.homes.verifier]) {
    if (!(await mayUse(home))) continue;
    const remembered = await fileHeadMemory(base.machine.files, join(home, HEAD_FILE)).recall();
    if (remembered !== undefined) heads.push(remembered.head);
  }
  return heads;
}
