/** What proposing needs, what is asked of it, and what it answers. */

import type {
  CheckSpec,
  Clock,
  DriverName,
  EvidenceRef,
  Files,
  HashFunction,
  ProposalState,
  Proposer,
  Random,
  Refusal,
  RuleRef,
  Sha256Hex,
} from '../../kernel/index.ts';
import type { BlobStore, EventLog, Journal, Projections } from '../../record/index.ts';
import type { Driver } from '../../tools/index.ts';
import type { FirstLook, LookAnswer } from './first-look.ts';
import type { Planner } from './planner.ts';
import type { ProgramFinder } from './program-finder.ts';
import type { Sealer } from './sealer.ts';
import type { TargetPolicy } from './target-policy.ts';

/** Everything that proposing works with. It holds no production credential and no key. */
export type ProposeParts = {
  readonly journal: Journal;
  readonly log: EventLog;
  readonly projections: Projections;
  readonly blobs: BlobStore;
  readonly drivers: Readonly<Record<DriverName, Driver>>;
  /** The policy for changes planned in a directory: its repository may tighten. @throws Failure `TRUST_MISSING`, `CONFIG_INVALID` */
  readonly policyFor: (directory: string) => Promise<TargetPolicy>;
  /** The proposals that freed a target by words which an approver disowned since: the runner holds it by them all the same. */
  readonly disownedReleases: (target: string, place: Sha256Hex | undefined) => Promise<readonly string[]>;
  readonly sealer: Sealer;
  readonly firstLook: FirstLook;
  readonly planner: Planner;
  readonly programs: ProgramFinder;
  /** Has the runner destroy the secrets of a proposal that is over, in a process of its own, where this account is the runner's. */
  readonly sweep: (proposal: string) => Promise<boolean>;
  readonly files: Files;
  readonly hash: HashFunction;
  readonly clock: Clock;
  readonly random: Random;
  /** Absolute path of a private directory; every plan gets a fresh one below it, which is removed afterwards. */
  readonly scratchDirectory: string;
};

/** What is proposed. All of it is the proposer's word. */
export type ProposeRequest = {
  readonly proposer: Proposer;
  /** The target's name in the trust file; whether it is this one is for the facts to say. */
  readonly target: string;
  readonly driver: DriverName;
  /** Absolute; links in it are resolved. */
  readonly directory: string;
  /** As `PlanRequest.argv`. */
  readonly argv: readonly string[];
  readonly intent: string;
  readonly checks: readonly CheckSpec[];
  readonly evidence: readonly EvidenceRef[];
  /** The held proposal whose damage this one is to put right. */
  readonly recovers?: string | undefined;
  /** What it answers to, where that is not the change itself: the digest of a finding. Another one makes another draft. */
  readonly occasion?: Sha256Hex | undefined;
  /** The caller's own environment: only what is allow-listed or asked for is taken from it. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** `NAME` or `NAME=VALUE`. */
  readonly variables: readonly string[];
  /** Names whose values are secret. */
  readonly secretVariables: readonly string[];
  readonly stdin?: Uint8Array | undefined;
};

/** What became of a proposal. */
export type ProposeAnswer =
  | {
      /** `open`: waits for people. `approved`: a standing grant approved it. */
      readonly kind: 'open' | 'approved';
      readonly id: string;
      readonly state: ProposalState;
      readonly look: LookAnswer | { readonly kind: 'nothing-to-ask' };
      /** Older proposals of the same change that this one took the place of. */
      readonly superseded: readonly string[];
      readonly notes: readonly string[];
    }
  | {
      /** It was proposed before and is still under way; nothing was planned again. */
      readonly kind: 'again';
      readonly id: string;
      readonly state: ProposalState;
    }
  | {
      /** The policy refuses it, whoever would approve. */
      readonly kind: 'forbidden';
      readonly id: string;
      readonly state: ProposalState;
      readonly because: readonly RuleRef[];
    }
  | {
      readonly kind: 'unplannable';
      readonly id: string;
      readonly why: string;
      readonly next: string;
      /** The tool's own words; may be empty. */
      readonly text: string;
    }
  | Refusal;
