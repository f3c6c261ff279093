/** Whether a state is as a repair was to leave it: one answer for the runner, who observes, and for the verifier, who checks. */

import type { HashFunction } from '../../../kernel/index.ts';
import { holderWords, untoldWords } from './prove-owner.ts';
import type { StateQuestion } from './state-check.ts';
import { readContents } from './state-contents.ts';
import type { LockAnswer } from './state-locks.ts';

/** What a look at the state says. `detail` is one line and holds no value of the state. */
export type StateJudgement = { readonly kind: 'as-approved' | 'otherwise' | 'unknown'; readonly detail: string };

type Expected = StateQuestion['expect'];

/** Judges a state's contents. */
export function judgeState(
  hash: HashFunction,
  expected: Exclude<Expected, { readonly kind: 'unlocked' }>,
  content: Uint8Array | undefined,
): StateJudgement {
  const state = readContents(hash, content);
  if (state === undefined) return { kind: 'otherwise', detail: 'there is no state' };
  if ('why' in state) return { kind: 'unknown', detail: `the state can't be read: ${state.why}` };
  if (expected.kind === 'pushed') {
    // Terraform counts on as it pushes, and gives a state that is the first one a lineage of its own.
    const isSame = expected.lineage === '' || state.lineage === expected.lineage;
    const isPushed = isSame && state.serial >= expected.serial && state.digest === expected.contents;
    if (isPushed) return { kind: 'as-approved', detail: `the state is the pushed one, serial ${state.serial}` };
    return { kind: 'otherwise', detail: `the state is another one, serial ${state.serial}` };
  }
  const found = state.objects.find(({ address }) => address === expected.address);
  if (found === undefined) return { kind: 'otherwise', detail: 'the object is not in the state' };
  return found.isTainted
    ? { kind: 'otherwise', detail: 'the object is tainted' }
    : { kind: 'as-approved', detail: 'the object is in the state and not tainted' };
}

/** Judges a lock: another one is not that one. */
export function judgeLock(
  expected: Extract<Expected, { readonly kind: 'unlocked' }>,
  answer: LockAnswer,
): StateJudgement {
  if (answer.kind === 'unknown') return { kind: 'unknown', detail: `who holds the lock can't be read: ${answer.why}` };
  if (answer.kind === 'untold') return { kind: 'unknown', detail: untoldWords(answer.why) };
  if (answer.kind === 'free') return { kind: 'as-approved', detail: 'nobody holds the lock' };
  const words = holderWords(answer.lock);
  return answer.lock.id === expected.lock
    ? { kind: 'otherwise', detail: words }
    : { kind: 'as-approved', detail: `that lock is gone; ${words}` };
}
