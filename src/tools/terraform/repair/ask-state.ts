/** Looks at a state for a verifier that trusts nobody's report: read with its own credentials, from the sealed record of the backend. */

import { isFailure, visibleLine } from '../../../kernel/index.ts';
import { layProviders, takeProviders } from '../pinned-providers.ts';
import { laySealed, privateCopy } from '../private-copy.ts';
import { terraformEnvironment } from '../terraform-environment.ts';
import { readStateBytes } from '../world-facts.ts';
import { judgeLock, judgeState, type StateJudgement } from './judge-state.ts';
import { type LockParts, readLock } from './read-lock.ts';
import { readStateQuestion, type StateQuestion } from './state-check.ts';

/** A question about a state, with what it is put with. */
export type StateRequest = {
  readonly question: unknown;
  readonly sealedDirectory: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
  readonly scratch: string;
};

const LARGEST_PINS_BYTES = 16 * 1024 * 1024;
const LARGEST_TOOL_BYTES = 1024 * 1024 * 1024;

/**
 * Looks. A state is only read. A lock can't be looked at without asking for it: one that is free is taken for a moment.
 *
 * @throws Failure `BLOB_CORRUPT` when question or directory can't be read
 */
export async function askState(parts: LockParts, request: StateRequest): Promise<StateJudgement> {
  const question = readStateQuestion(request.question);
  if ((await parts.files.digest(question.tool.path, LARGEST_TOOL_BYTES)) !== question.tool.digest) {
    return { kind: 'unknown', detail: `${visibleLine(question.tool.path)} is not the sealed terraform` };
  }
  const copy = privateCopy(request.scratch, question.inside);
  await laySealed(parts, copy, request.sealedDirectory);
  const pins = await parts.files.read(copy.pins, LARGEST_PINS_BYTES);
  await layProviders(parts, copy.tree, await takeProviders(parts, question.dataDirectory, pins));
  const environment = {
    ...terraformEnvironment(request.environment, request.environment['PATH'] ?? ''),
    TF_WORKSPACE: question.workspace,
  };
  const source = { tool: question.tool, working: workingOf(question, copy.tree), environment };
  try {
    return question.expect.kind === 'unlocked'
      ? judgeLock(question.expect, await readLock(parts, source))
      : judgeState(parts.hash, question.expect, await readStateBytes(parts, source));
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    // A backend that does not answer is no answer, and never a red one.
    return { kind: 'unknown', detail: visibleLine(thrown.message) };
  }
}

function workingOf({ state, workspace }: StateQuestion, tree: string): Parameters<typeof readLock>[1]['working'] {
  const backend =
    state.kind === 'local'
      ? { kind: 'local' as const, statePath: state.path }
      : { kind: 'remote' as const, type: state.type, identity: {} };
  return { directory: tree, dataDirectory: `${tree}/.terraform`, workspace, backend };
}
