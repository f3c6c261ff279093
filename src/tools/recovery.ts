/** What can be done about an execution that left its target held: said by the driver that knows the tool, in words for people. */

import type { Outcome } from '../kernel/index.ts';
import type { RecoveredExecution } from './past-executions.ts';

/** The ways back that a driver can prepare. */
export type RecoveryKind = 'push-state' | 'force-unlock' | 'untaint' | 'import' | 'replan';

/** One way back. */
export type Recovery = {
  readonly kind: RecoveryKind;
  /** The object, or the lock, that it is about. */
  readonly subject: string | null;
  /** It can be proposed now; where not, `whyNot` says why and what to do instead. */
  readonly isPossible: boolean;
  /** What it does, in a sentence or two. */
  readonly what: string;
  /** What was observed that speaks for it, a sentence each. */
  readonly evidence: readonly string[];
  readonly whyNot: string | null;
  /** What a person checks or does first. */
  readonly first: string | null;
};

/** What was looked at: an execution with its outcome, in the environment that its tool would run in now. */
export type RecoveryRequest = {
  readonly held: RecoveredExecution;
  readonly outcome: Outcome;
  /** Real, link-free directory that the change was meant for. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Names in `environment` whose values are secret. */
  readonly secretVariables: readonly string[];
};

/** What a driver found. */
export type RecoveryAnswer = {
  /** What is wrong, as it was observed, a sentence each. */
  readonly found: readonly string[];
  readonly recoveries: readonly Recovery[];
};
