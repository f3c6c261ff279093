/** One word and one sentence for every state. Total maps: a new state does not compile until it has its words. */

import type { DriverName, OutcomeKind, ResourceStatus, StateKind, VerdictKind } from '../../../kernel/index.ts';
import type { Tone } from '../terminal.ts';

/** How a state is shown. */
export type StateWords = { readonly word: string; readonly tone: Tone; readonly meaning: string };

/** Every state of a proposal, in words. */
export const STATE_WORDS: Readonly<Record<StateKind, StateWords>> = {
  absent: { word: 'absent', tone: 'faint', meaning: 'nothing was recorded of it' },
  drafted: { word: 'drafted', tone: 'faint', meaning: 'it is being planned' },
  unplannable: { word: 'unplannable', tone: 'bad', meaning: 'the tool could not plan it; nothing was changed' },
  proposed: { word: 'proposed', tone: 'plain', meaning: 'it is sealed, and the policy is being applied' },
  refused: { word: 'refused', tone: 'bad', meaning: 'the policy refuses it; nothing was changed' },
  open: { word: 'open', tone: 'warning', meaning: 'it waits for people to approve it' },
  rejected: { word: 'rejected', tone: 'bad', meaning: 'a person rejected it; nothing was changed' },
  withdrawn: { word: 'withdrawn', tone: 'faint', meaning: 'it was taken back; nothing was changed' },
  superseded: { word: 'superseded', tone: 'faint', meaning: 'a newer proposal took its place; nothing was changed' },
  expired: { word: 'expired', tone: 'faint', meaning: 'its time ran out; nothing was changed' },
  approved: { word: 'approved', tone: 'good', meaning: 'it may be executed, once, by its runner' },
  stale: { word: 'stale', tone: 'bad', meaning: 'the world moved on since it was sealed; nothing ran' },
  executing: { word: 'executing', tone: 'warning', meaning: 'a runner holds it' },
  executed: { word: 'executed', tone: 'warning', meaning: 'it ran; nobody has looked at the world yet' },
  held: { word: 'HELD', tone: 'bad', meaning: 'its target executes nothing else until a person reconciles it' },
  closed: { word: 'closed', tone: 'good', meaning: 'outcome and verdict are in' },
};

/** Every outcome, in words: what the runner observed. */
export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, StateWords>> = {
  completed: { word: 'completed', tone: 'good', meaning: 'the tool reported every planned change as done' },
  partial: { word: 'partial', tone: 'bad', meaning: 'some changes took effect, some did not' },
  'no-effect': { word: 'no-effect', tone: 'plain', meaning: 'the tool stopped before it changed anything' },
  indeterminate: {
    word: 'indeterminate',
    tone: 'bad',
    meaning: 'nobody can tell what took effect; it is never run again',
  },
};

// A command says nothing of its changes: that it ended is all that anybody saw.
const COMMAND_OUTCOMES: Readonly<Partial<Record<OutcomeKind, string>>> = {
  completed: 'the command ended with 0 and left nothing running; only checks can show what it did',
  'no-effect': 'the command never started',
};

/** An outcome in the words that fit the driver: never more than its runner could observe. */
export function outcomeWords(kind: OutcomeKind, driver: DriverName | undefined): StateWords {
  const words = OUTCOME_WORDS[kind];
  return driver === 'argv' ? { ...words, meaning: COMMAND_OUTCOMES[kind] ?? words.meaning } : words;
}

/** Every verdict, in words: what the verifier found. */
export const VERDICT_WORDS: Readonly<Record<VerdictKind, StateWords>> = {
  confirmed: { word: 'confirmed', tone: 'good', meaning: 'the world is as approved' },
  refuted: { word: 'refuted', tone: 'bad', meaning: 'the world is not as approved' },
  inconclusive: { word: 'inconclusive', tone: 'warning', meaning: 'the checks could not tell' },
};

/** What is said of a refuted verdict whose checks saw no difference. They answer for what they asked, and for nothing else. */
export const AS_BEFORE = 'its checks answer as before';

/** Every status of a resource, in words. */
export const STATUS_WORDS: Readonly<Record<ResourceStatus | 'planned', StateWords>> = {
  done: { word: 'done', tone: 'good', meaning: 'the tool reported it as done' },
  tainted: { word: 'tainted', tone: 'bad', meaning: 'it exists, half made' },
  errored: { word: 'errored', tone: 'bad', meaning: 'the tool reported an error' },
  'not-attempted': { word: 'not attempted', tone: 'plain', meaning: 'the tool never began it' },
  unknown: { word: 'unknown', tone: 'bad', meaning: 'it began, and nobody knows how it ended' },
  planned: { word: 'planned', tone: 'plain', meaning: 'nothing ran yet' },
};
