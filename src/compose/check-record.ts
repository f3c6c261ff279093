/** The record against the head that a runner or verifier remembers: what was rolled back or rewritten stops everything. */

import { join } from 'node:path';
import { fileHeadMemory, type Store } from '../adapters/index.ts';
import { Failure, type Refusal, type Signer } from '../kernel/index.ts';
import { advanceHead, type HeadMemory, type SignedHead, type TrustQuestions } from '../record/index.ts';
import type { Base } from './base.ts';

/** Where a home remembers its head. */
export const HEAD_FILE: string = 'record-head.json';

/** Whose memory it is. */
export type Rememberer = {
  readonly store: Store;
  readonly signer: Signer;
  readonly home: string;
  /** What the trust files say of what is new: an outcome or a verdict that they do not know is a forgery. */
  readonly trust?: (() => Promise<TrustQuestions>) | undefined;
  /** Folds what is new for itself, where it decides on nobody else's summaries. */
  readonly follow?: (() => Promise<void>) | undefined;
};

/** The head that a home remembers. */
export function headMemory(base: Base, home: string): HeadMemory {
  return fileHeadMemory(base.machine.files, join(home, HEAD_FILE));
}

/** Checks the record against the remembered head, then remembers the present one. @throws Failure `RECORD_ROLLED_BACK`, `RECORD_BROKEN` */
export async function advance(base: Base, who: Rememberer): Promise<SignedHead> {
  const { hash, clock } = base.machine;
  const memory = headMemory(base, who.home);
  const trust = await who.trust?.();
  const answer = await advanceHead({ source: who.store.source, hash, clock, signer: who.signer, memory, trust });
  if (answer.kind === 'signed') return answer.head;
  const { problem } = answer;
  throw new Failure(problem.kind === 'rolled-back' ? 'RECORD_ROLLED_BACK' : 'RECORD_BROKEN', problem.what, {
    hint: 'nothing runs until a person knows why: countersign record verify, and compare with a backup',
    where: `entry ${problem.seq}`,
  });
}

/** The check as a port of execution and verification: it throws rather than refuse, for it is no answer about one proposal. */
export function checkRecordFor(base: Base, who: Rememberer): () => Promise<Refusal | undefined> {
  return async () => {
    await advance(base, who);
    await who.follow?.();
    return undefined;
  };
}
