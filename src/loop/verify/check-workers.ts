/** The port of check workers: processes without any key that put one question to the world and say what they saw. */

import type { CheckAnswer, CheckPhase, CheckProgram, CheckSpec, Json, Sha256Hex } from '../../kernel/index.ts';

/** One check to put. */
export type CheckErrand = {
  readonly spec: CheckSpec;
  readonly phase: CheckPhase;
  /** A person whom the verifier's own trust file knows signed this very bundle, its checks among it. */
  readonly isApproved: boolean;
  /** The verifier's own trust file mandates this very check. What the bundle says of its origin counts for nothing here. */
  readonly isMandated: boolean;
  /** The directory that the change was planned in: where a command without a directory of its own runs. */
  readonly directory: string;
  /** The sealed files of this check's command, from the manifest that people signed; empty for every other kind. */
  readonly programs: readonly CheckProgram[];
  /** The sealed directory in the clear; only for checks that plan anew. */
  readonly sealedDirectory?: Uint8Array | undefined;
};

/** What a worker says it saw. */
export type WorkerReply = {
  readonly answer: CheckAnswer;
  /** At most 4 KiB of canonical JSON; secrets masked, hidden characters visible. */
  readonly observed: Json;
  /** Digest of what the expectation looked at, whole and unmasked. */
  readonly observedDigest: Sha256Hex;
  /** One line. */
  readonly detail: string;
};

/** A reply, or the reason that there is none that can be used. */
export type WorkerAnswer =
  | ({ readonly kind: 'replied' } & WorkerReply)
  | {
      readonly kind: 'lost';
      readonly why: string;
      /** Its files are not the sealed ones, or nobody can tell. Before a start this is reason enough not to start. */
      readonly isChanged?: true;
    };

/** Puts checks to the world. */
export interface CheckWorkers {
  /**
   * Puts one check in a process of its own.
   *
   * Never throws on how that process ended: one that died, came late, or said anything but one well-formed reply to this very
   * errand is `lost`. So is a command whose files are not the sealed ones, right before or right after it ran. What an agent wrote and nobody approved runs only where it can do no harm, or is `lost`.
   */
  put(errand: CheckErrand): Promise<WorkerAnswer>;
}
