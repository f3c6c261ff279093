/** Lists proposals. */

import { EXIT, Failure, LEGAL_IN, type StateKind } from '../../../kernel/index.ts';
import type { ProposalRow } from '../../../record/index.ts';
import type { CliContext } from '../context.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { renderList } from '../render/list.ts';

/** Flags of `countersign list`. */
export type ListFlags = CommonFlags & {
  readonly target: string | undefined;
  readonly state: string | undefined;
  readonly limit: number;
};

/** Runs `countersign list`. */
export async function runList(this: CliContext, flags: ListFlags): Promise<void> {
  await perform(this, flags, async ({ context, surroundings, paint }) => {
    const { projections } = await context.countersign.reading();
    const rows = await projections.proposals({
      limit: flags.limit,
      target: flags.target,
      states: flags.state === undefined ? undefined : [readState(flags.state)],
    });
    return {
      exitCode: EXIT.done,
      text: renderList(rows, paint, surroundings.clock.nowMs()),
      json: { schema: 'countersign.list/1', proposals: rows.map(summary) },
    };
  });
}

function readState(text: string): StateKind {
  // Every state but `absent` may be commented on, so that row of the table lists them all.
  const known = LEGAL_IN.comment.find((state) => state === text);
  if (known !== undefined) return known;
  throw new Failure('USAGE', `there is no state ${JSON.stringify(text)}`, {
    hint: `use one of ${LEGAL_IN.comment.join(', ')}`,
  });
}

function summary(row: ProposalRow): object {
  const { state } = row;
  const finished = 'outcome' in state ? state : undefined;
  return {
    id: row.proposal,
    target: row.target,
    environment: 'environment' in state ? state.environment : null,
    driver: state.kind === 'absent' ? null : state.driver,
    intent: state.kind === 'absent' ? null : state.intent,
    state: state.kind,
    outcome: finished?.outcome.kind ?? null,
    verdict: finished?.verdicts.at(-1)?.verdict.kind ?? null,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
  };
}
