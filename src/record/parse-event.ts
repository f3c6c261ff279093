/** Reads events back from stored or exported JSON. What is not understood is not believed. */

import { canonicalJson, type EventBody, Failure, type Json, type Principal } from '../kernel/index.ts';
import type { RecordedEvent } from './event-log.ts';
import { eventBody } from './event-schema.ts';
import type { StoredEntry } from './stored-entry.ts';
import { principal } from './word-schemas.ts';

/**
 * Parses a stored entry into an event.
 *
 * Its hash is not checked: that is what `verifyRecord` is for.
 *
 * @throws Failure `EVENT_UNREADABLE` on text that is not canonical JSON, an unknown type, a missing, wrong or unknown member
 */
export function parseEvent(entry: StoredEntry): RecordedEvent {
  return {
    schema: 'countersign.event/1',
    seq: entry.seq,
    stream: entry.stream,
    streamPrev: entry.streamPrev,
    atMs: entry.atMs,
    actor: actorOf(entry),
    body: parsePart(entry, 'body', (json): EventBody => eventBody.parse(json)),
    prev: entry.prev,
    hash: entry.hash,
  };
}

// A handful of principals speak in a million events: each is parsed once.
const actors = new Map<string, Principal>();
const MOST_ACTORS = 1_000;

function actorOf(entry: StoredEntry): Principal {
  const known = actors.get(entry.actor);
  if (known !== undefined) return known;
  const actor = parsePart(entry, 'actor', (json): Principal => Object.freeze(principal.parse(json)));
  if (actors.size >= MOST_ACTORS) actors.clear();
  actors.set(entry.actor, actor);
  return actor;
}

function parsePart<Part>(entry: StoredEntry, part: 'actor' | 'body', parse: (json: Json) => Part): Part {
  try {
    const json: Json = JSON.parse(entry[part]);
    if (isCanonical(entry[part], json)) return parse(json);
  } catch (cause) {
    throw unreadable(entry, part, cause);
  }
  throw unreadable(entry, part, 'its text is not canonical');
}

// Writing back what was read finds repeated members and odd spellings; only texts that fail it need the slow way.
function isCanonical(text: string, json: Json): boolean {
  return JSON.stringify(json) === text || canonicalJson(json) === text;
}

function unreadable(entry: StoredEntry, part: string, cause: unknown): Failure {
  return new Failure('EVENT_UNREADABLE', `the ${part} of event ${entry.seq} ("${entry.type}") can't be read`, {
    hint: 'countersign record verify names what is wrong; a newer Countersign may have written it',
    where: `event ${entry.seq}`,
    cause,
  });
}
