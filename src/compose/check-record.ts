/** The record against the head that a runner or verifier remembers: what was rolled back or rewritten stops everything. */

import { join } from 'node:path';
import { fileHeadMemory, type Store } from '../adapters/index.ts';
import { Failure, type Principal, type Refusal, type Signer } from '../kernel/index.ts';
import { advanceHead, type HeadMemory, type SignedHead } from '../record/index.ts';
import type { Base } from './base.ts';

/** Where a home remembers its head. */
export const HEAD_FILE: string = 'record-head.json';

/** Whose memory it is. */
export type Rememberer = {
  readonly store: Store;
  readonly signer: Signer;
  readonly home: string;
  /** Processes whose signatures count in what is new: an outcome or a verdict by anybody else is a forgery. */
  readonly known?: (() => Promise<readonly KnownKey[]>) | undefined;
  /** Folds what is new for itself, where it decides on nobody else's summaries. */
  readonly follow?: (() => Promise<void>) | undefined;
};

/** A runner or verifier of the trust file. */
export type KnownKey = { readonly name: string; readonly key: string };

/** The head that a home remembers. */
export function headMemory(base: Base, home: string): HeadMemory {
  return fileHeadMemory(base.machine.files, join(home, HEAD_FILE));
}

/** Checks the record against the remembered head, then remembers the present one. @throws Failure `RECORD_ROLLED_BACK`, `RECORD_BROKEN` */
export async function advance(base: Base, who: Rememberer): Promise<SignedHead> {
  const { hash, clock } = base.machine;
  const memory = headMemory(base, who.home);
  const known = await who.known?.();
  const trust = known === undefined ? undefined : { actor: (actor: Principal) => refuseStranger(known, actor) };
  const answer = await advanceHead({ source: who.store.source, hash, clock, signer: who.signer, memory, trust });
  if (answer.kind === 'signed') return answer.head;
  const { problem } = answer;
  throw new Failure(problem.kind === 'rolled-back' ? 'RECORD_ROLLED_BACK' : 'RECORD_BROKEN', problem.what, {
    hint: 'nothing runs until a person knows why: countersign record verify, and compare with a backup',
    where: `entry ${problem.seq}`,
  });
}

/** Says what is wrong with a runner or verifier whom the trust file does not know by this name with this key. */
export function refuseStranger(known: readonly KnownKey[], actor: Principal): string | undefined {
  if (actor.kind !== 'runner' && actor.kind !== 'verifier') return undefined;
  const isKnown = known.some((one) => one.name === actor.name && one.key === actor.key);
  return isKnown ? undefined : `the trust file knows no ${actor.kind} ${actor.name} with this key`;
}

/** The check as a port of execution and verification: it throws rather than refuse, for it is no answer about one proposal. */
export function checkRecordFor(base: Base, who: Rememberer): () => Promise<Refusal | undefined> {
  return async () => {
    await advance(base, who);
    await who.follow?.();
    return undefined;
  };
}
