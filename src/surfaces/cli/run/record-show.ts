/** Shows the entries of the record, oldest first. */

import { EXIT, Failure } from '../../../kernel/index.ts';
import type { RecordedEvent } from '../../../record/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { principal } from '../render/principal.ts';
import { table } from '../render/table.ts';
import type { Paint } from '../terminal.ts';

/** Flags of `countersign record show`. */
export type RecordShowFlags = CommonFlags & { readonly after: string; readonly limit: string };

const HASH_SHOWN = 12;

/** Runs `countersign record show`. */
export async function runRecordShow(this: CliContext, flags: RecordShowFlags, id?: string): Promise<void> {
  await perform(this, flags, async ({ paint }) => {
    const { log, projections } = await this.countersign.reading();
    const proposal = id === undefined ? undefined : (await findProposal(projections, id)).proposal;
    const events = await log.read({
      stream: proposal === undefined ? undefined : `proposal:${proposal}`,
      afterSeq: wholeNumber('--after', flags.after, 0),
      limit: wholeNumber('--limit', flags.limit, 1),
    });
    return {
      exitCode: EXIT.done,
      text:
        events.length === 0
          ? 'nothing recorded'
          : table(
              events.map((event) => row(event, paint)),
              '',
            ).join('\n'),
      json: { schema: 'countersign.record/1', events },
    };
  });
}

function row(event: RecordedEvent, paint: Paint): readonly string[] {
  return [
    String(event.seq),
    new Date(event.atMs).toISOString(),
    paint('strong', event.body.type),
    paint('plain', event.stream),
    principal(event.actor),
    paint('faint', event.hash.slice(0, HASH_SHOWN)),
  ];
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= 10_000_000) return value;
  throw new Failure('USAGE', `${flag} takes a whole number from ${least}, not ${JSON.stringify(text)}`, {
    hint: 'leave it out',
  });
}
