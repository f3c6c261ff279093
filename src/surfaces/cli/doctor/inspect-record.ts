/** Looks at what is recorded: what is held, which reviews are owed, what waits. */

import type { Countersign, Surroundings } from '../../../compose.ts';
import { isFailure, type ProposalState } from '../../../kernel/index.ts';
import type { ProposalRow } from '../../../record/index.ts';
import { STATE_WORDS } from '../render/state-words.ts';
import { wordsNow } from '../render/words-now.ts';
import { waitingOf } from '../view/what-ran-out.ts';
import type { Finding } from './finding.ts';

const MOST = 1_000;

/** Inspects the record's proposals. */
export async function inspectRecord(countersign: Countersign, surroundings: Surroundings): Promise<readonly Finding[]> {
  try {
    const { projections, log } = await countersign.reading();
    const head = await log.head();
    const waiting = await projections.proposals({ states: ['executing', 'executed', 'held'], limit: MOST });
    const over = await projections.proposals({ limit: MOST });
    const asked = await projections.proposals({ states: ['open', 'approved'], limit: MOST });
    return [
      { kind: 'fine', what: 'record', detail: `${head.seq} entries in ${surroundings.homes.state}`, mend: '' },
      ...waiting.map(waitingFinding),
      ...askedFinding(asked, surroundings.clock.nowMs()),
      ...over.filter((row) => owesReview(row.state)).map(reviewFinding),
    ];
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return [{ kind: 'broken', what: 'record', detail: thrown.message, mend: thrown.hint }];
  }
}

/** How many proposals wait for people or a runner, under the same words as `list` and `show` have for them. */
function askedFinding(rows: readonly ProposalRow[], nowMs: number): readonly Finding[] {
  if (rows.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { state } of rows) {
    const { word } = wordsNow(waitingOf(state), nowMs);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const detail = [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
  return [{ kind: 'fine', what: 'proposals', detail, mend: '' }];
}

function waitingFinding({ proposal, state, target }: ProposalRow): Finding {
  const words = STATE_WORDS[state.kind];
  const mend = {
    held: `countersign reconcile ${proposal} --note TEXT`,
    executed: `countersign verify ${proposal}`,
  }[state.kind === 'held' ? 'held' : 'executed'];
  return {
    kind: 'warning',
    what: `target ${target}`,
    detail: `${proposal} is ${words.word}: ${words.meaning}`,
    mend: state.kind === 'executing' ? `countersign show ${proposal}` : mend,
  };
}

function owesReview(state: ProposalState): boolean {
  return 'glass' in state && state.glass.kind === 'broken';
}

function reviewFinding({ proposal }: ProposalRow): Finding {
  return {
    kind: 'warning',
    what: 'BROKEN GLASS',
    detail: `${proposal} was approved by one person alone, and nobody has reviewed it`,
    mend: `countersign review ${proposal} --note TEXT`,
  };
}
