/** Gives new events their place in the chain. A store calls it inside its write transaction and nowhere else. */

import { canonicalJson, type Happened, type HashFunction, type Json, type Principal } from '../kernel/index.ts';
import { entryText } from './event-hash.ts';
import type { ChainHead, RecordedEvent } from './event-log.ts';
import { parseEvent } from './parse-event.ts';
import type { StoredEntry } from './stored-entry.ts';

/** Where new events go. `proposal` and `target` are empty for evidence. */
export type Place = {
  readonly stream: string;
  readonly streamPrev: number;
  readonly proposal: string;
  readonly target: string;
};

/** A new event: as it is stored, and as it reads back. */
export type LinkedEvent = { readonly entry: StoredEntry; readonly event: RecordedEvent };

/**
 * Links events to a head, in order, and proves that each can be read back.
 *
 * @param hash  SHA-256
 * @param head  the tip that the first event follows
 * @returns what to store and what to answer, `happened.length` of them
 * @throws Failure `EVENT_UNREADABLE` on a body that the record could not read back: it must never get in
 */
export function linkEvents(
  hash: HashFunction,
  head: ChainHead,
  place: Place,
  happened: readonly Happened[],
): readonly LinkedEvent[] {
  const linked: LinkedEvent[] = [];
  let { seq, hash: prev } = head;
  let streamPrev = place.streamPrev;
  for (const { actor, atMs, body } of happened) {
    seq += 1;
    const unhashed = {
      ...place,
      seq,
      streamPrev,
      type: body.type,
      atMs,
      actor: jsonText(actor),
      body: jsonText(body),
      prev,
    };
    const entry = { ...unhashed, hash: hash(entryText(unhashed)) };
    linked.push({ entry, event: parseEvent(entry) });
    prev = entry.hash;
    streamPrev = seq;
  }
  return linked;
}

function jsonText(part: Principal | Happened['body']): string {
  // Kernel types hold nothing but JSON; canonicalJson stops on anything else.
  return canonicalJson(part as unknown as Json);
}
