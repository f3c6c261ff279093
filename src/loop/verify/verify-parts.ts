/** Everything that a verifier needs, as ports. It holds no write credential and reaches no code that executes (L2). */

import type { Clock, HashFunction, Refusal, Signer, Verifier } from '../../kernel/index.ts';
import type { BlobStore, EventLog, Journal } from '../../record/index.ts';
import type { CheckWorkers } from './check-workers.ts';
import type { Opener } from './opener.ts';
import type { VerifierTrust } from './verifier-trust.ts';

/** What a verifier is made of. Nothing in it but the record belongs to the control plane. */
export type VerifyParts = {
  readonly journal: Journal;
  readonly log: Pick<EventLog, 'read'>;
  readonly blobs: BlobStore;
  readonly trust: VerifierTrust;
  readonly workers: CheckWorkers;
  readonly opener: Opener;
  readonly hash: HashFunction;
  readonly clock: Clock;
  /** The verifier's own key. */
  readonly signer: Signer;
  /** Compares the record with the heads that this verifier remembers. A refusal stops every look. */
  readonly checkRecord: () => Promise<Refusal | undefined>;
};

/** The principal that a verifier acts as. */
export function verifierOf(signer: Signer): Verifier {
  return { kind: 'verifier', name: signer.name, key: signer.key };
}
