/**
 * The outcome: what the actor observed, resource by resource.
 *
 * It says nothing about whether the world is as approved: that is the verdict's part, and the two are never merged (L7).
 */

import type { Sha256Hex } from './digest.ts';

/** What the actor observed of one resource. */
export type ResourceStatus = 'done' | 'tainted' | 'errored' | 'not-attempted' | 'unknown';

/** One resource of an execution. */
export type ResourceOutcome = {
  /** The tool's own address: `module.a.b.c[0]`, `table orders`, `command`. */
  readonly address: string;
  /** What was to be done: `create`, `update`, `delete`, `replace`, `run`. */
  readonly action: string;
  readonly status: ResourceStatus;
  /** The identifier that the tool reported, masked when sensitive. */
  readonly id?: string | undefined;
  /** One line of the tool's own words, masked, control characters visible. */
  readonly detail?: string | undefined;
};

/** How the tool's process ended. `lost` means that nobody saw it end. */
export type ProcessEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly why: string }
  | { readonly kind: 'lost' };

/** Four answers, ordered in `OUTCOME_RANK` from the best to the worst that can be known. */
export type OutcomeKind = 'completed' | 'partial' | 'no-effect' | 'indeterminate';

/** What the actor observed. */
export type Outcome = {
  readonly kind: OutcomeKind;
  readonly resources: readonly ResourceOutcome[];
  readonly end: ProcessEnd;
  /** Why it is this outcome and no better one, a sentence each. */
  readonly because: readonly string[];
  /** Digests of the recorded output. */
  readonly evidence: readonly Sha256Hex[];
};
