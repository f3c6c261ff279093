/** Executes what people approved, once; as a person at a terminal, or as a service. */

import {
  EXIT,
  type ExitCode,
  isFailure,
  type OutcomeKind,
  type Refusal,
  type StateOf,
  visibleLine,
} from '../../../kernel/index.ts';
import {
  destroySecrets,
  type ExecutionAnswer,
  executeApproved,
  type Progress,
  recoverUnfinished,
  runLoop,
} from '../../../loop/execute/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, type Performance, perform } from '../perform.ts';
import { refuseAgent } from '../refuse-agent.ts';
import { outcomeWords } from '../render/state-words.ts';
import { STEP_WORDS } from '../render/step-words.ts';
import { renderFailure, renderRefusal } from '../render/trouble.ts';
import type { CommandResult } from '../terminal.ts';
import { differenceWords, withShortDigests } from '../view/difference-words.ts';

/** The exit code of every outcome. */
export const OUTCOME_EXITS: Readonly<Record<OutcomeKind, ExitCode>> = {
  completed: EXIT.done,
  'no-effect': EXIT.refused,
  partial: EXIT.partial,
  indeterminate: EXIT.indeterminate,
};

/** Runs `countersign execute`: the exit code is about the outcome, and says nothing of the verdict. */
export async function runExecute(this: CliContext, flags: CommonFlags, id: string): Promise<void> {
  await perform(this, flags, async (performance) => {
    const refusal = refuseAgent(performance.surroundings.caller, 'this execution', id);
    if (refusal !== undefined) return refusal;
    const parts = await this.countersign.executing(progressOf(performance));
    const row = await findProposal(parts.projections, id);
    const recovered = await recoverUnfinished(parts);
    for (const one of recovered)
      this.terminal.stderr.write(`recovered ${one.proposal}: ${one.kind}: ${visibleLine(one.why)}\n`);
    const { state } = await parts.journal.standing(row.proposal);
    if (state.kind === 'open') return waiting(state);
    // This start found its end: that is the answer, and nothing is run.
    const isEnded = recovered.some((one) => one.proposal === row.proposal && one.kind === 'ended');
    if (isEnded && state.kind === 'executed') {
      return resultOf(performance, row.proposal, { kind: 'executed', outcome: state.outcome, state });
    }
    const answer = await executeApproved(parts, row.proposal, this.interrupted);
    if (answer.kind === 'stale') await destroySecrets(parts, row.proposal);
    return resultOf(performance, row.proposal, answer);
  });
}

function waiting(state: StateOf<'open'>): Refusal {
  return {
    kind: 'refused',
    code: 'QUORUM',
    what: 'this execution',
    where: state.proposal,
    why: `it waits for people: ${state.approvals.length} of ${state.requirement.approvals} approvals`,
    next: `countersign approve ${state.proposal} --ssh-key FILE`,
  };
}

function progressOf({ progress }: Performance): Progress {
  return { reached: (step) => progress(`  ${STEP_WORDS[step]}`) };
}

function resultOf({ paint }: Performance, id: string, answer: ExecutionAnswer): CommandResult | Refusal {
  if (answer.kind === 'refused') return answer;
  if (answer.kind === 'stale') {
    return {
      exitCode: EXIT.refused,
      text: [
        `${paint('strong', id)}  ${paint('bad', 'stale')}  the world moved on since it was sealed; nothing ran`,
        ...answer.differences.map((one) => paint('plain', `  ${withShortDigests(differenceWords(one))}`)),
        'next: propose the change again',
      ].join('\n'),
      json: {
        schema: 'countersign.execution/1',
        id,
        state: 'stale',
        differences: answer.differences,
        spent: answer.spent,
      },
    };
  }
  const { outcome } = answer;
  const words = outcomeWords(outcome.kind, 'driver' in answer.state ? answer.state.driver : undefined);
  return {
    exitCode: OUTCOME_EXITS[outcome.kind],
    text: [
      `${paint('strong', id)}  outcome ${paint(words.tone, words.word)}  ${words.meaning}`,
      ...outcome.because.map((because) => paint('plain', `  ${because}`)),
      `next: countersign verify ${id}`,
    ].join('\n'),
    json: {
      schema: 'countersign.execution/1',
      id,
      state: answer.state.kind,
      outcome: outcome.kind,
      because: outcome.because,
      resources: outcome.resources,
    },
  };
}

/** Runs `countersign runner` until it is stopped. */
export async function runRunner(this: CliContext, flags: CommonFlags): Promise<void> {
  await perform(this, flags, async (performance) => {
    const refusal = refuseAgent(performance.surroundings.caller, 'the runner', 'countersign runner');
    if (refusal !== undefined) return refusal;
    const parts = await this.countersign.executing(progressOf(performance));
    const say = (text: string): void => this.terminal.stderr.write(`${text}\n`);
    const { paint } = performance;
    say(`runner ${parts.signer.name}: waiting for approved proposals; Ctrl-C stops it`);
    await runLoop(
      parts,
      {
        recovered: (recovered) =>
          say(`recovered ${recovered.proposal}: ${recovered.kind}: ${visibleLine(recovered.why)}`),
        answered: (proposal, answer) => {
          const result = resultOf(performance, proposal, answer);
          say('kind' in result ? renderRefusal(result, paint) : result.text);
        },
        troubled: (proposal, thrown) => {
          const text = isFailure(thrown) ? renderFailure(thrown, paint) : String(thrown);
          say(`${proposal ?? 'the record'}: ${text}`);
        },
      },
      this.interrupted,
    );
    return { exitCode: EXIT.done, text: '', json: { schema: 'countersign.runner/1', stopped: true } };
  });
}
