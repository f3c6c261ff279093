/** Reads a whole stream in pages. */

import type { EventLog, RecordedEvent } from '../../record/index.ts';

const PAGE = 1_000;

/** Every event of one stream, oldest first. */
export async function readAllEvents(log: EventLog, stream: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await log.read({ stream, afterSeq: events.at(-1)?.seq ?? 0, limit: PAGE });
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}
