/** Examines the signed words of people: each is of this very hold or glass, and is recorded as the word of whoever signed it. */

import { misstated, type ProposalState, statementSubject } from '../kernel/index.ts';
import type { RecordedEvent } from './event-log.ts';
import type { Problem } from './problem.ts';

/** Says what is wrong with a statement, given the proposal as it stood before; `undefined` when nothing is, or none was made. */
export function examineStatement(event: RecordedEvent, before: ProposalState): Problem | undefined {
  const { body, seq, actor } = event;
  if (body.type !== 'reconciled' && body.type !== 'glass-reviewed') return undefined;
  if (body.statement === undefined) return undefined;
  const { document } = body.statement;
  const isRelease = body.type === 'reconciled';
  const subject = statementSubject(before, isRelease ? 'reconcile' : 'review');
  const words = { note: body.note, through: isRelease ? body.through : undefined };
  const author = isRelease ? actor.name : body.by;
  const isOwn = document.approver === author && actor.name === author;
  const why =
    (subject === undefined ? 'there was nothing to state' : misstated(document, subject, words)) ??
    (isOwn ? undefined : `${document.approver} signed it, and it is recorded as the word of ${author}`);
  if (why === undefined) return undefined;
  return { kind: 'bad-statement', seq, what: `the statement in entry ${seq} was signed for something else: ${why}` };
}
