/** Events: everything that ever happened to a proposal, one union of facts. */

import type { CheckedApproval } from './approval.ts';
import type { Environment, FactDifference } from './bundle.ts';
import type { CheckObservation, CheckPhase, CheckSpec } from './check.ts';
import type { Sha256Hex } from './digest.ts';
import type { Outcome } from './outcome.ts';
import type { DriverName, PreviewCounts } from './preview.ts';
import type { Principal, Proposer } from './principal.ts';
import type { Requirement, RuleRef } from './requirement.ts';
import type { CheckedStatement } from './statement.ts';
import type { Verdict } from './verdict.ts';

/** An Ed25519 signature by a runner or verifier over the JCS of the event's body without it, base64. */
export type KeySignature = { readonly key: string; readonly signature: string };

/** A change was intended. */
export type Drafted = {
  readonly type: 'drafted';
  readonly proposal: string;
  readonly target: string;
  readonly driver: DriverName;
  readonly intent: string;
  readonly proposer: Proposer;
  /** SHA-256 of target, real directory, normalised argv and source digest: a retry finds the same draft. */
  readonly draftDigest: Sha256Hex;
  /** SHA-256 of the same without the source: an edited source makes a new draft of the same change. */
  readonly changeDigest?: Sha256Hex | undefined;
  /** The held proposal whose damage this one is to put right. */
  readonly recovers?: string | undefined;
};

/** The tool could not plan it. */
export type FoundUnplannable = { readonly type: 'unplannable'; readonly why: string; readonly next: string };

/** It was planned and sealed. */
export type Sealed = {
  readonly type: 'sealed';
  readonly environment: Environment;
  readonly bundleDigest: Sha256Hex;
  readonly previewDigest: Sha256Hex;
  readonly counts: PreviewCounts;
  readonly unpredictable: number;
  readonly checks: readonly CheckSpec[];
  readonly runner: string;
  /** Digest of the place that its facts tell: one lock, whatever the target is called. Left out when they tell none. */
  readonly place?: Sha256Hex | undefined;
  /** Digests of the encrypted blobs that must be destroyed at the close. */
  readonly secretBlobs: readonly Sha256Hex[];
};

/** The policy let it be asked for. */
export type Admitted = { readonly type: 'admitted'; readonly requirement: Requirement; readonly expiresAtMs: number };

/** The policy refused it. */
export type RefusedByPolicy = { readonly type: 'refused'; readonly because: readonly RuleRef[] };

/** A verifier put the checks to the world. */
export type Observed = {
  readonly type: 'observed';
  readonly phase: CheckPhase;
  readonly observations: readonly CheckObservation[];
  readonly signed: KeySignature;
};

/** Somebody said something about it. A claim is words, and is shown as words. */
export type Commented = { readonly type: 'commented'; readonly text: string };

/** A person signed an approval. */
export type ApprovalGiven = { readonly type: 'approval-given'; readonly approval: CheckedApproval };

/** Everything that the policy demands was given, or a standing grant gave it. */
export type Approved = {
  readonly type: 'approved';
  readonly by: readonly string[];
  readonly grant?: string | undefined;
};

/** A person approved alone, with a reason; a review is owed. */
export type GlassBroken = { readonly type: 'glass-broken'; readonly by: string; readonly reason: string };

/** The review that a broken glass owes was done, by somebody else. */
export type GlassReviewed = {
  readonly type: 'glass-reviewed';
  readonly by: string;
  readonly note: string;
  /** The reviewer's signature; without it only their operating-system account stands for them. */
  readonly statement?: CheckedStatement | undefined;
};

/** A person signed a rejection. */
export type Rejected = { readonly type: 'rejected'; readonly approval: CheckedApproval };

/** The proposer took it back. */
export type Withdrawn = { readonly type: 'withdrawn'; readonly why: string };

/** A newer proposal of the same change took its place. */
export type Superseded = { readonly type: 'superseded'; readonly by: string };

/** Its time ran out. */
export type Expired = { readonly type: 'expired' };

/** A runner took it; the target is its own until a verdict or a release. */
export type Claimed = {
  readonly type: 'claimed';
  readonly runner: string;
  readonly claim: string;
  /** The operating-system account that typed the command or runs the service. */
  readonly account: string;
  /** `advisory` or `enforced`, with every reason, as it was on this machine then. */
  readonly level?: string | undefined;
};

/** The claim was given back before anything began. */
export type Released = { readonly type: 'released'; readonly why: string };

/** A sealed fact was no longer true before the start; nothing ran. */
export type FoundStale = {
  readonly type: 'stale';
  readonly differences: readonly FactDifference[];
  /** The nonces were already consumed: a late difference spends the approvals. */
  readonly spent: boolean;
};

/** Nonces and intent are durable in the runner's ledger; from here on nothing may start it again. */
export type Started = {
  readonly type: 'started';
  readonly nonces: readonly string[];
  /** The releases of its target that this runner examined and found to hold. */
  readonly reconciled?: readonly string[] | undefined;
  readonly signed: KeySignature;
};

/** A piece of the tool's output, as it came. */
export type OutputSeen = {
  readonly type: 'output';
  readonly stream: 'stdout' | 'stderr';
  /** Digest of the masked bytes, kept as evidence. */
  readonly digest: Sha256Hex;
  readonly sizeBytes: number;
};

/** The execution is over, or nobody will ever know. */
export type Executed = { readonly type: 'executed'; readonly outcome: Outcome; readonly signed: KeySignature };

/** The verifier compared the world with what was approved. */
export type Verified = {
  readonly type: 'verified';
  readonly observations: readonly CheckObservation[];
  readonly verdict: Verdict;
  readonly signed: KeySignature;
};

/** The target executes nothing else until a person reconciles it. */
export type HeldTarget = { readonly type: 'held'; readonly why: string };

/** Outcome and verdict are in, and nobody needs to look. */
export type Closed = { readonly type: 'closed'; readonly mark: CloseMark };

/** A person looked at the world and released the target. */
export type Reconciled = {
  readonly type: 'reconciled';
  readonly note: string;
  /** The recovery proposal that put the world right, when one did. */
  readonly through?: string | undefined;
  /** Their signature; without it only their operating-system account stands for them. */
  readonly statement?: CheckedStatement | undefined;
};

/** The secret-bearing blobs were destroyed. */
export type SecretsDestroyed = { readonly type: 'secrets-destroyed'; readonly digests: readonly Sha256Hex[] };

/** A read or a run was recorded, so that proposals, checks and reports can cite it. It belongs to no proposal. */
export type EvidenceRecorded = {
  readonly type: 'evidence-recorded';
  /** What it is cited by: 26 lower-case hexadecimal characters. */
  readonly id: string;
  readonly source: 'read' | 'run';
  /** What was read or run, one line, masked, control characters visible. */
  readonly about: string;
  /** Digest of the masked bytes that were seen, kept as a blob. */
  readonly digest: Sha256Hex;
  readonly sizeBytes: number;
};

/** How it closed. */
export type CloseMark =
  | 'as-approved'
  | 'arrived-by-other-means'
  | 'no-effect'
  | 'after-uncertain-execution'
  | 'reconciled';

/** What happened. */
export type EventBody =
  | Drafted
  | FoundUnplannable
  | Sealed
  | Admitted
  | RefusedByPolicy
  | Observed
  | Commented
  | ApprovalGiven
  | Approved
  | GlassBroken
  | GlassReviewed
  | Rejected
  | Withdrawn
  | Superseded
  | Expired
  | Claimed
  | Released
  | FoundStale
  | Started
  | OutputSeen
  | Executed
  | Verified
  | HeldTarget
  | Closed
  | Reconciled
  | SecretsDestroyed
  | EvidenceRecorded;

/** The name of what happened. */
export type EventType = EventBody['type'];

/** What happened, by whom and when: an event before the record gives it its place in the chain. */
export type Happened = { readonly actor: Principal; readonly atMs: number; readonly body: EventBody };
