/** Composed for the record itself: verification, export, and the signed head. */

import { join } from 'node:path';
import { fileHeadMemory, mayUse, openKeys, type Store } from '../adapters/index.ts';
import type { CheckedApproval, Clock, Files, HashFunction, Principal, Signer } from '../kernel/index.ts';
import { policyOf } from '../loop/approve/index.ts';
import type { BlobStore, Share, SignedHead, VerificationAnswer } from '../record/index.ts';
import { type Base, openRecord } from './base.ts';
import { advance, HEAD_FILE } from './check-record.ts';
import { LOCAL_VERIFIER } from './local-names.ts';
import { believeTrust } from './read-trust.ts';
import { verifyShare } from './verify-share.ts';

/** The record for whoever checks it. */
export type Recording = {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly hash: HashFunction;
  readonly clock: Clock;
  readonly files: Files;
  readonly trust: TrustWords;
  /** The verifier's key, which signs heads and exports. */
  readonly openSigner: () => Promise<Signer>;
  /** The heads that runner and verifier of this machine remember, where this account may read them. */
  readonly rememberedHeads: () => Promise<readonly SignedHead[]>;
  /** Checks the record against what the verifier remembers, signs where it stands, and remembers that. */
  readonly signHead: () => Promise<SignedHead>;
  /** Has another process verify a share. @throws Failure `TOOL_FAILED` */
  readonly verifyShare: (share: Share, headFile: string | undefined) => Promise<VerificationAnswer>;
};

/** What the trust file says of signatures in the record; each says what is wrong, or nothing. */
export type TrustWords = {
  readonly approval: (approval: CheckedApproval) => string | undefined;
  readonly actor: (actor: Principal) => string | undefined;
  /** Keys whose heads are believed. */
  readonly keys: readonly string[];
};

/** Composes the record for whoever checks it. @throws Failure `TRUST_MISSING` and others of the trust file */
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
    trust: await trustWords(base),
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

async function trustWords(base: Base): Promise<TrustWords> {
  const { trust, isSigned } = await believeTrust(base, base.homes.state);
  const policy = policyOf(trust, { isSigned });
  const known = [...trust.runners, ...trust.verifiers];
  return {
    approval: (approval) => {
      const answer = policy.checkApproval(approval);
      return 'kind' in answer ? answer.why : undefined;
    },
    actor: (actor) => {
      if (actor.kind !== 'runner' && actor.kind !== 'verifier') return undefined;
      const isKnown = known.some((one) => one.name === actor.name && one.key === actor.key);
      return isKnown ? undefined : `the trust file knows no ${actor.kind} ${actor.name} with this key`;
    },
    keys: known.map((one) => one.key),
  };
}
