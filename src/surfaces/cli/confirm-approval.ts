/** Asks a person once more before they sign. Where production loses something or nobody can predict it, the target's name must be typed. */

import { Failure, type StateOf } from '../../kernel/index.ts';
import type { CliContext } from './context.ts';
import { interruption } from './refuse-interrupted.ts';

/** How a person can answer ahead. */
export type AnsweredAhead = { readonly yes: boolean; readonly confirm: string | undefined };

/** What is about to be approved. */
export type Confirming = {
  readonly state: StateOf<'open' | 'approved'>;
  /** The preview, where stderr does not already show it to them; it then goes to the terminal that asks. */
  readonly shown: string;
};

/**
 * Returns once the person said yes: ahead with a flag, at their terminal, or by the signature alone where there is no terminal.
 *
 * @throws Failure `REFUSED` when they did not confirm, `INTERRUPTED` when they left
 */
export async function confirmApproval(
  context: CliContext,
  ahead: AnsweredAhead,
  { state, shown }: Confirming,
): Promise<void> {
  if (ahead.confirm !== undefined) {
    if (ahead.confirm === state.target) return;
    throw notConfirmed(`--confirm says ${JSON.stringify(ahead.confirm)}, the target is ${state.target}`);
  }
  if (ahead.yes) return;
  const isSevere = state.environment === 'production' && (state.counts.destroys > 0 || state.unpredictable > 0);
  const text = isSevere
    ? `Approve on ${state.environment}? Type the target's name (${state.target}): `
    : `Approve exactly this on ${state.target} (${state.environment})? [y/N] `;
  const answer = await context.ask({ text, shown });
  // Without a controlling terminal nobody can be asked: the signature itself is the act then.
  if (answer.kind === 'nobody') return;
  if (answer.kind === 'left') throw interruption();
  const said = answer.text.trim();
  const isYes = isSevere ? said === state.target : /^y(es)?$/i.test(said);
  if (!isYes) throw notConfirmed('you did not confirm');
}

function notConfirmed(why: string): Failure {
  return new Failure('REFUSED', `not approved: ${why}`, {
    hint: 'nothing was signed; run the command again to decide',
  });
}
