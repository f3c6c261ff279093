/** Reads the outcome of a repair from the state or the lock afterwards, never from an exit code alone (L6). */

import { isFailure, type Outcome, type ResourceStatus, visibleLine } from '../../../kernel/index.ts';
import { bundleEnvironment } from '../../bundle-environment.ts';
import type { ExecutionTrace, OpenedBundle } from '../../driver.ts';
import { bundleCopy, FACT, readStateBytes, sealedFact, sealedWorkingDirectory } from '../world-facts.ts';
import { judgeLock, judgeState, type StateJudgement } from './judge-state.ts';
import { type LockParts, readLock } from './read-lock.ts';
import { sealedRepair } from './repair.ts';
import { expectationOf } from './state-check.ts';
import { readContents } from './state-contents.ts';

type Seen = StateJudgement & {
  /** It is as it was sealed: nothing was done. */
  readonly isAsBefore: boolean;
};

/** Observes. */
export async function observeRepair(parts: LockParts, bundle: OpenedBundle, trace: ExecutionTrace): Promise<Outcome> {
  const { end } = trace;
  if (end.kind === 'not-started') {
    return outcome(bundle, trace, {
      kind: 'no-effect',
      status: 'not-attempted',
      because: [`Terraform did not start: ${end.why}`],
    });
  }
  const seen = await lookAfterwards(parts, bundle);
  return outcome(bundle, trace, judge(trace, seen));
}

type Judged = {
  readonly kind: Outcome['kind'];
  readonly status: ResourceStatus;
  readonly because: readonly string[];
};

function judge({ end, stderr }: ExecutionTrace, seen: Seen): Judged {
  const hasEnded = end.kind === 'exited';
  const error = /Error: (.+)/.exec(new TextDecoder().decode(stderr))?.[1];
  const ended = hasEnded
    ? [`Terraform ended with ${end.code}${error === undefined ? '' : `: ${error}`}`]
    : ['nobody saw Terraform end'];
  const because = [seen.detail, ...ended];
  const isAgreed = hasEnded && (end.code === 0) === (seen.kind === 'as-approved');
  if (seen.kind === 'as-approved') return { kind: isAgreed ? 'completed' : 'indeterminate', status: 'done', because };
  if (seen.kind === 'otherwise' && seen.isAsBefore) {
    const said = isAgreed ? 'it is as it was before' : 'and yet it is as it was before';
    return { kind: isAgreed ? 'no-effect' : 'indeterminate', status: 'not-attempted', because: [...because, said] };
  }
  return { kind: 'indeterminate', status: 'unknown', because };
}

async function lookAfterwards(parts: LockParts, bundle: OpenedBundle): Promise<Seen> {
  const { manifest } = bundle;
  const sealed = sealedWorkingDirectory(manifest);
  const { tree } = bundleCopy(bundle);
  const working = { ...sealed, directory: tree, dataDirectory: `${tree}/.terraform` };
  const source = { tool: manifest.tool, working, environment: bundleEnvironment(bundle) };
  const expected = expectationOf(sealedRepair(manifest));
  try {
    if (expected.kind === 'unlocked') {
      const judged = judgeLock(expected, await readLock(parts, source));
      return { ...judged, isAsBefore: judged.kind === 'otherwise' };
    }
    const state = await readStateBytes(parts, source);
    const contents = readContents(parts.hash, state);
    const serial = contents === undefined || 'why' in contents ? 0 : contents.serial;
    const isAsBefore = serial === sealedFact(manifest, FACT.serial);
    return { ...judgeState(parts.hash, expected, state), isAsBefore };
  } catch (thrown) {
    // A state that can't be had is an answer, and the worst one: nobody knows what became of the repair.
    if (isFailure(thrown)) return { kind: 'unknown', detail: thrown.message, isAsBefore: false };
    throw thrown;
  }
}

function outcome(bundle: OpenedBundle, { end }: ExecutionTrace, { kind, status, because }: Judged): Outcome {
  const repair = sealedRepair(bundle.manifest);
  const address =
    repair.kind === 'untaint'
      ? repair.address
      : repair.kind === 'force-unlock'
        ? `state lock ${repair.lock}`
        : 'the state';
  const row = { address: visibleLine(address), action: repair.kind, status };
  return { kind, resources: [row], end, because: because.map(visibleLine), evidence: [] };
}
