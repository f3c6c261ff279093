/**
 * The one place that joins ports to adapters; `compose/` has a file for each phase.
 *
 * Everything is composed on demand: a command loads the phases of the loop that it needs and no others, so that the process that
 * verifies never holds the code that executes.
 */

import type { EnvironmentVariables, Level, PersonAnswer, PersonQuestion } from './adapters/index.ts';
import type { Approving } from './compose/approving.ts';
import type { FenceStatus } from './compose/fence.ts';
import type { Offline } from './compose/offline.ts';
import type { Practising } from './compose/practising.ts';
import type { Proposing } from './compose/proposing.ts';
import type { Reading } from './compose/reading.ts';
import type { Recording } from './compose/recording.ts';
import type { Standing } from './compose/standing.ts';
import type { Surroundings } from './compose/surroundings.ts';
import type { TrustWords } from './compose/trust-questions.ts';
import type { Believer, Trusting } from './compose/trusting.ts';
import type { Verifying } from './compose/verifying.ts';
import type { ExecutionParts, Progress } from './loop/execute/index.ts';

export type {
  Approving,
  Believer,
  EnvironmentVariables,
  Level,
  Offline,
  PersonAnswer,
  PersonQuestion,
  Practising,
  Proposing,
  Reading,
  Recording,
  Standing,
  Surroundings,
  Trusting,
  TrustWords,
  Verifying,
};

/** Hears what a person must be told while a program waits for them. */
export type Tell = (text: string) => void;

/** Countersign, composed on demand. */
export type Countersign = {
  readonly surroundings: () => Promise<Surroundings>;
  /** Advisory or enforced, with every reason. */
  readonly level: () => Promise<Level>;
  readonly sandbox: () => Promise<FenceStatus>;
  readonly reading: () => Promise<Reading>;
  readonly proposing: () => Promise<Proposing>;
  readonly approving: (tell: Tell) => Promise<Approving>;
  readonly executing: (progress: Progress) => Promise<ExecutionParts>;
  readonly verifying: () => Promise<Verifying>;
  readonly recording: () => Promise<Recording>;
  /** For a file from elsewhere: no home is opened. */
  readonly offline: () => Promise<Offline>;
  readonly practising: () => Promise<Practising>;
  readonly trusting: (tell: Tell) => Promise<Trusting>;
  /** Has the runner destroy the secrets of a proposal that is over. */
  readonly sweep: (proposal: string) => Promise<boolean>;
  /** Asks the person one line. Whoever left has not answered. */
  readonly ask: (question: PersonQuestion, signal: AbortSignal) => Promise<PersonAnswer>;
  readonly version: () => Promise<string>;
};

/**
 * Composes Countersign for one process.
 *
 * @param environment  the process's own; nothing is opened before it is asked for
 */
export function compose(environment: EnvironmentVariables): Countersign {
  const base = async (): Promise<import('./compose/base.ts').Base> => {
    const { readBase } = await import('./compose/base.ts');
    return readBase(environment, process.platform);
  };
  return {
    surroundings: async () => (await import('./compose/surroundings.ts')).composeSurroundings(await base()),
    level: async () => (await import('./compose/surroundings.ts')).composeLevel(await base()),
    sandbox: async () => (await import('./compose/fence.ts')).probeFence(await base()),
    reading: async () => (await import('./compose/reading.ts')).composeReading(await base()),
    proposing: async () => (await import('./compose/proposing.ts')).composeProposing(await base()),
    approving: async (tell) => (await import('./compose/approving.ts')).composeApproving(await base(), tell),
    executing: async (progress) => (await import('./compose/executing.ts')).composeExecuting(await base(), progress),
    verifying: async () => (await import('./compose/verifying.ts')).composeVerifying(await base()),
    recording: async () => (await import('./compose/recording.ts')).composeRecording(await base()),
    offline: async () => (await import('./compose/offline.ts')).composeOffline(await base()),
    practising: async () => (await import('./compose/practising.ts')).composePractising(await base()),
    trusting: async (tell) => (await import('./compose/trusting.ts')).composeTrusting(await base(), tell),
    sweep: async (proposal) => (await import('./compose/sweep.ts')).sweepProposal(await base(), proposal),
    ask: async (question, signal) => (await import('./adapters/index.ts')).askPerson(question, signal),
    version: async () => (await import('./adapters/index.ts')).ownVersion(),
  };
}
