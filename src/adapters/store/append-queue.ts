/**
 * Group commit: appends that wait together share one transaction and one fsync.
 *
 * Each is judged on its own, in the order of arrival; one that conflicts does not touch the others.
 */

import { isFailure } from '../../kernel/index.ts';

/** One append that waits for its answer. */
type Waiting<Request, Answer> = {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (thrown: unknown) => void;
};

/** What a group's judgement says of one request: its answer, or that this one request could not be taken. */
export type Judged<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly thrown: unknown };

/** Commits a group in one transaction; answers in the group's order. */
export type CommitGroup<Request, Answer> = (group: readonly Request[]) => Promise<readonly Judged<Answer>[]>;

const MOST_IN_A_GROUP = 500;

/** Gathers what arrives while a commit is under way, and commits it next. */
export function appendQueue<Request, Answer>(
  commit: CommitGroup<Request, Answer>,
): (request: Request) => Promise<Answer> {
  const waiting: Waiting<Request, Answer>[] = [];
  let isCommitting = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) await commitNext(waiting.splice(0, MOST_IN_A_GROUP), commit);
    isCommitting = false;
  }

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (isCommitting) return;
      isCommitting = true;
      // Whoever asks in the same turn of the event loop joins the group.
      setImmediate(() => void drain());
    });
}

async function commitNext<Request, Answer>(
  group: readonly Waiting<Request, Answer>[],
  commit: CommitGroup<Request, Answer>,
): Promise<void> {
  const judged = await commit(group.map((one) => one.request)).catch((thrown: unknown) =>
    group.map((): Judged<Answer> => ({ kind: 'refused', thrown })),
  );
  for (const [index, one] of group.entries()) {
    const answer = judged[index];
    if (answer?.kind === 'answered') one.resolve(answer.answer);
    else one.reject(answer?.thrown);
  }
}

/** Judges one request: what it throws as a failure or a bug is its own, and does not undo the others. */
export function judgeAlone<Answer>(judge: () => Answer): Judged<Answer> {
  try {
    return { kind: 'answered', answer: judge() };
  } catch (thrown) {
    if (isFailure(thrown) || thrown instanceof Error) return { kind: 'refused', thrown };
    throw thrown;
  }
}
