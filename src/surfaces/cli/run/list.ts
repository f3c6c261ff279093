/** Lists proposals. */

import { EXIT, Failure, LEGAL_IN, type StateKind } from '../../../kernel/index.ts';
import type { CliContext } from '../context.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { renderList } from '../render/list.ts';
import { executableView } from '../view/executable-view.ts';
import { isInDoubt } from '../view/in-doubt.ts';
import { type ListedProposal, listedProposal } from '../view/listed-proposal.ts';
import { waitsView } from '../view/waits-view.ts';

/** Flags of `countersign list`. */
export type ListFlags = CommonFlags & {
  readonly target: string | undefined;
  readonly state: string | undefined;
  readonly limit: number;
};

/** Runs `countersign list`: 0, or 6 when something that a row rests on does not hold. */
export async function runList(this: CliContext, flags: ListFlags): Promise<void> {
  await perform(this, flags, async ({ context, surroundings, paint }) => {
    const reading = await context.countersign.reading();
    const rows = await reading.projections.proposals({
      limit: flags.limit,
      target: flags.target,
      states: flags.state === undefined ? undefined : [readState(flags.state)],
    });
    const trust = await reading.trust();
    const unchecked = trust.kind === 'unchecked' ? trust.why : null;
    const nowMs = surroundings.clock.nowMs();
    const listed: ListedProposal[] = [];
    for (const row of rows) {
      const examined = await reading.examine(row.proposal, trust);
      const executable = await executableView(reading, examined.state, nowMs);
      const waitsFor = await waitsView(reading.journal, examined.state);
      listed.push(listedProposal(row, { ...examined, executable, waitsFor }, nowMs));
    }
    return {
      exitCode: listed.some(({ trouble }) => isInDoubt(trouble)) ? EXIT.integrity : EXIT.done,
      text: renderList({ listed, unchecked }, paint, nowMs),
      json: { schema: 'countersign.list/1', proposals: listed.map(withoutMarks), unchecked },
    };
  });
}

function withoutMarks({ forged: _, waiting: _waiting, ...shown }: ListedProposal): object {
  return shown;
}

function readState(text: string): StateKind {
  // Every state but `absent` may be commented on, so that row of the table lists them all.
  const known = LEGAL_IN.comment.find((state) => state === text);
  if (known !== undefined) return known;
  throw new Failure('USAGE', `there is no state ${JSON.stringify(text)}`, {
    hint: `use one of ${LEGAL_IN.comment.join(', ')}`,
  });
}
