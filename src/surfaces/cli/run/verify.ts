/** Somebody who is not the actor looks at the world. This code reaches neither execution nor proposal. */

import {
  type CheckObservation,
  EXIT,
  type ExitCode,
  type Refusal,
  type VerdictKind,
  visibleLine,
} from '../../../kernel/index.ts';
import { lookAt, verifierLoop, verifyExecution } from '../../../loop/verify/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { refuseAgent } from '../refuse-agent.ts';
import { AS_BEFORE, VERDICT_WORDS } from '../render/state-words.ts';
import type { CommandResult } from '../terminal.ts';

/** The exit code of every verdict. */
export const VERDICT_EXITS: Readonly<Record<VerdictKind, ExitCode>> = {
  confirmed: EXIT.done,
  inconclusive: EXIT.indeterminate,
  refuted: EXIT.refuted,
};

/** Runs `countersign verify`: 0 confirmed, 5 inconclusive, 7 refuted. */
export async function runVerify(this: CliContext, flags: CommonFlags, id: string): Promise<void> {
  await perform(this, flags, async (performance) => {
    const refusal = refuseAgent(performance.surroundings.caller, 'this verification', id);
    if (refusal !== undefined) return refusal;
    const parts = await this.countersign.verifying();
    const row = await findProposal(parts.projections, id);
    performance.progress('putting the checks to the world');
    const answer = await verifyExecution(parts, row.proposal);
    if (answer.kind === 'refused') return answer;
    const { verdict, state, observations } = answer;
    if (state.kind === 'closed') await this.countersign.sweep(row.proposal);
    const words = VERDICT_WORDS[verdict.kind];
    const { paint } = performance;
    return {
      exitCode: VERDICT_EXITS[verdict.kind],
      text: [
        `${paint('strong', row.proposal)}  verdict ${paint(words.tone, words.word)}  ${words.meaning}`,
        ...verdict.findings.map((finding) =>
          paint('plain', `  ${finding.id} ${finding.role}: ${finding.why}${unreadable(observations, finding.id)}`),
        ),
        ...(verdict.kind === 'refuted' && verdict.isAsBefore ? [`  ${AS_BEFORE}`] : []),
        ...(verdict.findings.length === 0 ? ['  no check was declared, so nothing could be confirmed'] : []),
        `it is ${state.kind}${state.kind === 'held' ? `; next: countersign show ${row.proposal}` : ''}`,
      ].join('\n'),
      json: { schema: 'countersign.verification/1', id: row.proposal, state: state.kind, verdict },
    };
  });
}

/** Why a check answered nothing, in the check's own words. */
function unreadable(observations: readonly CheckObservation[], id: string): string {
  const seen = observations.find((one) => one.id === id);
  return seen?.answer === 'unknown' && seen.detail !== '' ? ` (${visibleLine(seen.detail)})` : '';
}

/** Runs `countersign look`: the verifier's look before an execution. Agents may not, but what they start may start it. */
export async function runLook(this: CliContext, flags: CommonFlags, id: string): Promise<void> {
  await perform(this, flags, async ({ paint }): Promise<CommandResult | Refusal> => {
    const parts = await this.countersign.verifying();
    const row = await findProposal(parts.projections, id);
    const answer = await lookAt(parts, row.proposal);
    if (answer.kind === 'refused') return answer;
    const lines = answer.observations.map((one) => paint('plain', `  ${one.answer}  ${one.id}: ${one.detail}`));
    return {
      exitCode: EXIT.done,
      text: [`${paint('strong', row.proposal)}  looked`, ...lines].join('\n'),
      json: { schema: 'countersign.look/1', id: row.proposal, observations: answer.observations },
    };
  });
}

/** Runs `countersign verifier` until it is stopped. */
export async function runVerifier(this: CliContext, flags: CommonFlags): Promise<void> {
  await perform(this, flags, async (performance) => {
    const refusal = refuseAgent(performance.surroundings.caller, 'the verifier', 'countersign verifier');
    if (refusal !== undefined) return refusal;
    const parts = await this.countersign.verifying();
    const say = (text: string): void => this.terminal.stderr.write(`${text}\n`);
    say(`verifier ${parts.signer.name}: waiting for executions; Ctrl-C stops it`);
    await verifierLoop(
      {
        ...parts,
        notice: (notice) => {
          if (notice.kind === 'trouble') say(performance.paint('warning', `${notice.proposal}: ${notice.why}`));
          else if (notice.answer.kind === 'refused')
            say(performance.paint('warning', `${notice.proposal}: ${notice.answer.why}`));
          else
            say(
              `${notice.proposal}: ${notice.answer.kind}${notice.answer.kind === 'verified' ? ` ${notice.answer.verdict.kind}` : ''}`,
            );
        },
      },
      this.interrupted,
    );
    return { exitCode: EXIT.done, text: '', json: { schema: 'countersign.verifier/1', stopped: true } };
  });
}
