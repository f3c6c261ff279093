/** Looks at what is recorded: what is held, which reviews are owed, what waits. */

import type { Countersign, Surroundings } from '../../../compose.ts';
import { isFailure, type ProposalState } from '../../../kernel/index.ts';
import type { ProposalRow } from '../../../record/index.ts';
import { STATE_WORDS } from '../render/state-words.ts';
import type { Finding } from './finding.ts';

const MOST = 1_000;

/** Inspects the record's proposals. */
export async function inspectRecord(countersign: Countersign, surroundings: Surroundings): Promise<readonly Finding[]> {
  try {
    const { projections, log } = await countersign.reading();
    const head = await log.head();
    const waiting = await projections.proposals({ states: ['executing', 'executed', 'held'], limit: MOST });
    const over = await projections.proposals({ limit: MOST });
    return [
      { kind: 'fine', what: 'record', detail: `${head.seq} entries in ${surroundings.homes.state}`, mend: '' },
      ...waiting.map(waitingFinding),
      ...over.filter((row) => owesReview(row.state)).map(reviewFinding),
    ];
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return [{ kind: 'broken', what: 'record', detail: thrown.message, mend: thrown.hint }];
  }
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
