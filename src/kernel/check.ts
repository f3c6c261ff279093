/** A check: a question that the verifier puts to the world, before and after an execution. */

import type { Sha256Hex } from './digest.ts';
import type { Json, JsonObject } from './json.ts';

/** The kinds of question that a verifier knows how to put. */
export type CheckKind = 'command' | 'http' | 'file' | 'sqlite' | 'terraform-plan';

/** Who asked for a check: the proposer, the operator's trust file, or the driver itself. */
export type CheckOrigin = 'proposal' | 'mandated' | 'driver';

/** A declared check. `question` is of the kind's own shape and is parsed by the verifier before it is put. */
export type CheckSpec = {
  /** Unique within one bundle: lower-case letters, digits and `-`; 1 to 64 characters. */
  readonly id: string;
  readonly kind: CheckKind;
  /** What a green answer would mean, for people. */
  readonly claim: string;
  readonly origin: CheckOrigin;
  readonly question: JsonObject;
  readonly timeoutMs: number;
};

/** When a check was put: at the proposal, right before the execution, or after it. */
export type CheckPhase = 'proposed' | 'before' | 'after';

/** `green`: as the check asks. `red`: not so. `unknown`: the question could not be put or the answer not be read. */
export type CheckAnswer = 'green' | 'red' | 'unknown';

/** What stands in `observed` where a check's program was not the sealed one, and so was not put or not believed. */
export const NOT_AS_SEALED: Json = { program: 'not as sealed' };

/** One answer from the world. */
export type CheckObservation = {
  readonly id: string;
  readonly answer: CheckAnswer;
  /** What was seen, masked and bounded. */
  readonly observed: Json;
  /** Digest of what was seen, unmasked and unbounded, so that "as before" can be told. */
  readonly observedDigest: Sha256Hex;
  /** One line for people. */
  readonly detail: string;
  readonly atMs: number;
};
