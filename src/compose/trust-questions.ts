/** What the trust file says of the signatures in the record, as questions that whoever checks or shows it can ask. */

import { isFailure } from '../kernel/index.ts';
import { policyOf } from '../loop/approve/index.ts';
import type { TrustQuestions } from '../record/index.ts';
import type { Base } from './base.ts';
import { type KnownKey, refuseStranger } from './check-record.ts';
import { believeTrust } from './read-trust.ts';

/** The questions, and the keys of runners and verifiers. */
export type TrustWords = {
  readonly questions: TrustQuestions;
  /** Keys whose heads are believed. */
  readonly keys: readonly string[];
};

/** Reads the trust file with the memory of one home. @throws Failure as `believeTrust` */
export async function readTrustWords(base: Base, home: string): Promise<TrustWords> {
  const { trust, isSigned } = await believeTrust(base, home);
  const policy = policyOf(trust, { isSigned });
  const known: readonly KnownKey[] = [...trust.runners, ...trust.verifiers];
  return {
    questions: {
      approval: (approval) => {
        const answer = policy.checkApproval(approval);
        return 'kind' in answer ? answer.why : undefined;
      },
      actor: (actor) => refuseStranger(known, actor),
    },
    keys: known.map((one) => one.key),
  };
}

/** Whether signatures can be checked here. Whoever only reads goes on without, and says so. */
export type ReaderTrust =
  | { readonly kind: 'checked'; readonly questions: TrustQuestions }
  | { readonly kind: 'unchecked'; readonly why: string };

/** Reads the trust file for whoever shows the record: one that is missing or not believed is an answer. */
export async function readReaderTrust(base: Base): Promise<ReaderTrust> {
  try {
    return { kind: 'checked', questions: (await readTrustWords(base, base.homes.state)).questions };
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return { kind: 'unchecked', why: thrown.message };
  }
}
