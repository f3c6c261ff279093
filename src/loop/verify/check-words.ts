/** Checks the words of others that a verdict builds on: the runner's outcome, and the look right before. */

import { type CheckObservation, canonicalJson, type EventBody, type Json, type Refusal } from '../../kernel/index.ts';
import { type EventQuery, type RecordedEvent, signedText } from '../../record/index.ts';
import { refuseAt } from './refusal.ts';
import type { SealedWork, WatchedState } from './sealed-work.ts';
import { signatureHolds } from './signature-holds.ts';
import type { KeyHolder, Parties } from './verifier-trust.ts';
import type { VerifyParts } from './verify-parts.ts';

const PAGE = 1000;

type FinishedState = Extract<WatchedState, { readonly kind: 'executed' | 'held' | 'closed' }>;
type Executed = Extract<EventBody, { readonly type: 'executed' }>;
type Observed = Extract<EventBody, { readonly type: 'observed' }>;
type EventOf<Body extends EventBody> = RecordedEvent & { readonly body: Body };

/** Who must have said something, and what it must have been. */
type Word = {
  readonly what: string;
  readonly event: EventOf<Executed | Observed> | undefined;
  readonly holders: readonly KeyHolder[];
  readonly speaker: 'runner' | 'verifier';
  /** What the state says was said, and what the event says. */
  readonly recorded: Json;
  readonly said: Json;
};

/**
 * Finds the signed events behind a finished execution and checks them against the keys of the trust file.
 *
 * @returns a refusal when the outcome is not the runner's own word, or the look before it not that of a known verifier
 */
export async function checkWords(
  parts: VerifyParts,
  state: FinishedState,
  { parties, sealed }: Pick<SealedWork, 'parties' | 'sealed'>,
): Promise<Refusal | undefined> {
  const events = await signedEvents(parts, state.proposal);
  const executed = events.findLast(isExecuted);
  const before = events.findLast(isBaseline);
  const runners = parties.runners.filter(({ key }) => key === sealed.runner.key);
  const outcome = executed === undefined ? null : asJson(executed.body.outcome);
  return (
    refuseWord(state.proposal, {
      what: 'the outcome',
      event: executed,
      holders: runners,
      speaker: 'runner',
      recorded: asJson(state.outcome),
      said: outcome,
    }) ?? refuseBaseline(parts, state, parties, before)
  );
}

function refuseBaseline(
  parts: VerifyParts,
  state: FinishedState,
  parties: Parties,
  event: EventOf<Observed> | undefined,
): Refusal | undefined {
  if (state.checks.length === 0) return undefined;
  const own: KeyHolder = { name: parts.signer.name, key: parts.signer.key };
  return refuseWord(state.proposal, {
    what: 'the look before',
    event,
    holders: [own, ...parties.verifiers],
    speaker: 'verifier',
    recorded: asJson(state.baseline),
    said: event === undefined ? null : asJson(event.body.observations),
  });
}

function refuseWord(proposal: string, word: Word): Refusal | undefined {
  const why = mistrust(proposal, word);
  if (why === undefined) return undefined;
  return refuseAt(proposal, 'SIGNATURE_INVALID', {
    what: `a verdict over ${word.what}`,
    why,
    next: 'do not trust this record: run `countersign record verify`, and look at the world yourself',
  });
}

function mistrust(proposal: string, word: Word): string | undefined {
  const { event, speaker, what } = word;
  if (event === undefined) return `the record has no signed event of ${what}`;
  const { actor, body } = event;
  if (actor.kind !== speaker) return `${what} was recorded by a ${actor.kind}, not by a ${speaker}`;
  const isKnown = word.holders.some((holder) => holder.name === actor.name && holder.key === body.signed.key);
  if (!isKnown) return `${what} is signed by a key that is not known as that of the ${speaker} ${actor.name}`;
  if (!signatureHolds(signedText(proposal, body), body.signed)) return `the signature of ${what} does not hold`;
  if (canonicalJson(word.recorded) !== canonicalJson(word.said)) return `${what} is not what was signed`;
  return undefined;
}

async function signedEvents(parts: VerifyParts, proposal: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  const query: EventQuery = {
    stream: `proposal:${proposal}`,
    types: ['executed', 'observed'],
    afterSeq: 0,
    limit: PAGE,
  };
  for (;;) {
    const page = await parts.log.read({ ...query, afterSeq: events.at(-1)?.seq ?? 0 });
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}

function isExecuted(event: RecordedEvent): event is EventOf<Executed> {
  return event.body.type === 'executed';
}

function isBaseline(event: RecordedEvent): event is EventOf<Observed> {
  return event.body.type === 'observed' && event.body.phase === 'before';
}

function asJson(recorded: Executed['outcome'] | readonly CheckObservation[]): Json {
  // Parts of event bodies are JSON by construction: the record stores nothing else.
  return recorded as unknown as Json;
}
