/** What a look for drift needs, what is asked of it, and what it answers. */

import type { EvidenceRef, Sha256Hex, StateKind } from '../../../kernel/index.ts';
import type { EvidenceLog } from '../../../record/index.ts';
import type { Drift } from '../../../tools/index.ts';
import type { ProposeParts, ProposeRequest } from '../propose-parts.ts';

/** A planner that may also record what it found. */
export type DriftParts = ProposeParts & {
  readonly evidence: EvidenceLog;
  /** Why outcome and newest verdict of a proposal can't be believed; `undefined` when they hold. */
  readonly doubt: (proposal: string) => Promise<string | undefined>;
};

/** What is asked. */
export type DriftQuestion = Pick<ProposeRequest, 'proposer' | 'inherited'> & {
  /** Only what this target's name was ever given to. */
  readonly target: string | undefined;
  /** Stops between two places: what is being looked at is finished. */
  readonly signal: AbortSignal;
};

/** What a plan of the same change is asked for with. */
export type SameChange = Pick<ProposeRequest, 'target' | 'directory' | 'variables' | 'secretVariables'>;

/** The draft that would put the world back. */
export type DriftDraft =
  | {
      readonly kind: 'waits';
      readonly id: string;
      readonly state: StateKind;
      /** This pass opened it; an earlier one did otherwise. */
      readonly isNew: boolean;
    }
  | { readonly kind: 'none'; readonly why: string; readonly next: string };

/** What stands otherwise, where it is recorded, and what waits for a person. */
export type Drifted = {
  readonly kind: 'drifted';
  readonly drift: Drift;
  readonly evidence: EvidenceRef;
  readonly draft: DriftDraft;
};

/** What was found at one place. */
export type DriftResult =
  | { readonly kind: 'as-confirmed' }
  | Drifted
  | { readonly kind: 'changed-configuration'; readonly changed: readonly string[] }
  | { readonly kind: 'unknown' | 'skipped'; readonly why: string; readonly next: string };

/** One place, by the Terraform change that was executed there last. */
export type DriftFinding = {
  readonly target: string;
  readonly place: Sha256Hex | undefined;
  /** The proposal that the world is compared with. */
  readonly proposal: string;
  readonly result: DriftResult;
};

/** One pass over all places. `isCut` when it was stopped before the last one. */
export type DriftPass = { readonly findings: readonly DriftFinding[]; readonly isCut: boolean };
