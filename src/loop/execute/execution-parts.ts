/** Everything that an execution needs, as ports. */

import type { Clock, DriverName, Files, HashFunction, Random, Refusal, Sha256Hex, Signer } from '../../kernel/index.ts';
import type { BlobStore, EventLog, Journal, Projections } from '../../record/index.ts';
import type { Driver } from '../../tools/index.ts';
import type { Authority } from './authority.ts';
import type { Baseline } from './baseline.ts';
import type { Holds } from './holds.ts';
import type { Launcher } from './launcher.ts';
import type { Ledger } from './ledger.ts';
import type { Opener } from './opener.ts';
import type { ProgramPlaces } from './program-places.ts';
import type { Progress } from './progress.ts';

/** What a runner is made of. Nothing in it but the record belongs to the control plane. */
export type ExecutionParts = {
  readonly journal: Journal;
  readonly log: EventLog;
  readonly projections: Projections;
  readonly blobs: BlobStore;
  readonly drivers: Readonly<Record<DriverName, Driver>>;
  readonly authority: Authority;
  readonly baseline: Baseline;
  readonly opener: Opener;
  readonly ledger: Ledger;
  readonly holds: Holds;
  readonly launcher: Launcher;
  readonly files: Files;
  readonly programs: ProgramPlaces;
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: HashFunction;
  readonly progress: Progress;
  /** The runner's own key. */
  readonly signer: Signer;
  /** The operating-system account that this process runs as, and so will the tool. */
  readonly account: string;
  /** Whether the boundary is advisory or enforced here, with every reason: it stands in the record with the claim. */
  readonly level?: string | undefined;
  /** Absolute path of a 0700 directory of this runner alone; each execution gets a directory below it. */
  readonly runsDirectory: string;
  /** Compares the record with the head that this runner remembers, and remembers the present one. Asked before and after. */
  readonly checkRecord: () => Promise<Refusal | undefined>;
  /**
   * The proposals that freed a target by words which do not hold and which an approver disowned, and of which neither a later
   * verdict nor a person's word says better.
   */
  readonly disownedReleases: (target: string, place: Sha256Hex | undefined) => Promise<readonly string[]>;
  readonly pace: Pace;
};

/** How often a runner looks, and how long it waits. */
type Pace = {
  /** Between two looks at the tool's output. */
  readonly outputEveryMs: number;
  /** The largest piece of output that is recorded as one event. */
  readonly outputChunkBytes: number;
  /** How long processes that the tool leaves behind may take to end before they count as survivors. */
  readonly surviveForMs: number;
  /** How long the leftovers of a dead runner's execution may take to stop. */
  readonly reapWithinMs: number;
  /** Between two looks for approved proposals. */
  readonly pollEveryMs: number;
};

/** The pace of production. */
export const USUAL_PACE: Pace = {
  outputEveryMs: 500,
  outputChunkBytes: 64 * 1024,
  surviveForMs: 2_000,
  reapWithinMs: 60_000,
  pollEveryMs: 1_000,
};
