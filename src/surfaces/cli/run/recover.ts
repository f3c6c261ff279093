/** Shows what a held target needs, or proposes its recovery. Agents may; nothing is changed. */

import { EXIT, Failure, type Refusal } from '../../../kernel/index.ts';
import { askRecoveries, proposeChange, type RecoveriesAnswer } from '../../../loop/propose/index.ts';
import type { RecoveryKind } from '../../../tools/index.ts';
import type { CliContext } from '../context.ts';
import { findEvidence } from '../find-evidence.ts';
import { findProposal } from '../find-proposal.ts';
import type { ProposeFlags } from '../flags/propose.ts';
import { type CommonFlags, type Performance, perform } from '../perform.ts';
import { recoverText } from '../render/recover.ts';
import type { CommandResult } from '../terminal.ts';
import { recoverView } from '../view/recover-view.ts';
import { readChecks, resultOf } from './propose.ts';

/** Flags of `countersign recover`. */
export type RecoverFlags = CommonFlags &
  Pick<ProposeFlags, 'check' | 'checks' | 'env' | 'secretEnv' | 'evidence'> & {
    readonly with: RecoveryKind | undefined;
    readonly intent: string | undefined;
  };

type Found = Exclude<RecoveriesAnswer, Refusal>;

/** Runs `countersign recover`. */
export async function runRecover(
  this: CliContext,
  flags: RecoverFlags,
  id: string,
  ...rest: readonly string[]
): Promise<void> {
  await perform(this, flags, async (performance) => {
    const { parts } = await this.countersign.proposing();
    const { proposal } = await findProposal(parts.projections, id);
    performance.progress('looking at what the execution left; nothing is changed');
    const answer = await askRecoveries(parts, {
      proposal,
      inherited: performance.surroundings.environment,
      variables: flags.env,
      secretVariables: flags.secretEnv,
    });
    if (answer.kind === 'refused') return answer;
    if (flags.with !== undefined) return await proposeRecovery(performance, flags, { kind: flags.with, rest, answer });
    if (rest.length > 0) throw usage('what a recovery is about was named, and not which one', 'say it with --with');
    const view = recoverView(answer);
    return { exitCode: EXIT.done, text: recoverText(view, performance.paint), json: view };
  });
}

type Wanted = { readonly kind: RecoveryKind; readonly rest: readonly string[]; readonly answer: Found };

async function proposeRecovery(
  performance: Performance,
  flags: RecoverFlags,
  { kind, rest, answer }: Wanted,
): Promise<CommandResult | Refusal> {
  const { context, surroundings, progress } = performance;
  const { change } = answer;
  if (change.driver !== 'terraform') return refuseDriver(change);
  const argv = argumentsOf(kind, rest, answer);
  if (!Array.isArray(argv)) return argv;
  const { parts } = await context.countersign.proposing();
  progress('planning and sealing the recovery; nothing is changed');
  const proposed = await proposeChange(parts, {
    ...change,
    argv,
    proposer: surroundings.caller,
    intent: flags.intent ?? `recover ${change.recovers}: ${[kind, ...rest].join(' ')}`,
    checks: await readChecks(parts.files, flags),
    evidence: await findEvidence(parts.log, flags.evidence),
    inherited: surroundings.environment,
  });
  return resultOf(performance, proposed);
}

/** The arguments that the driver is given; a refusal where nothing of that kind was found. */
function argumentsOf(kind: RecoveryKind, rest: readonly string[], answer: Found): string[] | Refusal {
  const [subject, ...options] = rest;
  const isOption = (word: string): boolean => word.startsWith('-');
  switch (kind) {
    case 'replan':
      return [...rest];
    case 'import':
      if (rest.every(isOption)) throw usage('import wants to know what and by which id', 'write ADDRESS=ID');
      return rest.map((word) => (isOption(word) ? word : `-import=${word}`));
    case 'untaint':
      refuseMore(kind, options);
      if (subject === undefined) throw usage('untaint wants to know which object', 'write its ADDRESS');
      return ['untaint', subject];
    case 'push-state':
      refuseMore(kind, rest);
      return ['state', 'push'];
    case 'force-unlock': {
      refuseMore(kind, options);
      const found = answer.recoveries.find((one) => one.kind === kind && (subject ?? one.subject) === one.subject);
      if (found?.isPossible === true && found.subject !== null) return ['force-unlock', found.subject];
      return refuseUnlock(answer, found?.whyNot ?? `${answer.found.join('; ')}`);
    }
  }
}

function refuseMore(kind: RecoveryKind, rest: readonly string[]): void {
  if (rest.length > 0) throw usage(`${kind} takes no "${rest.join(' ')}"`, 'countersign recover --help');
}

function refuseUnlock({ change }: Found, why: string): Refusal {
  return {
    kind: 'refused',
    code: 'POLICY',
    what: 'force-unlock',
    where: change.recovers,
    why,
    next: `countersign recover ${change.recovers} shows what else there is`,
  };
}

function refuseDriver({ driver, recovers }: Found['change']): Refusal {
  return {
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'this recovery',
    where: recovers,
    why: `${recovers} is a change by ${driver}, of which no recovery is prepared`,
    next: `propose the change that puts it right with --recovers ${recovers}`,
  };
}

function usage(message: string, hint: string): Failure {
  return new Failure('USAGE', message, { hint });
}
