/** What a held target needs, as programs and people see it: the one documented shape behind `recover --json` and its text. */

import type { OutcomeKind, VerdictKind } from '../../../kernel/index.ts';
import type { RecoveriesAnswer } from '../../../loop/propose/index.ts';
import type { Recovery } from '../../../tools/index.ts';

/** One way back, with the command that proposes it; `null` where it can't be proposed now. */
export type RecoveryView = Recovery & { readonly command: string | null };

/** The ways back, `countersign.recover/1`. Absent things are `null`, never missing. */
export type RecoverView = {
  readonly schema: 'countersign.recover/1';
  readonly id: string;
  readonly target: string;
  readonly driver: string;
  readonly outcome: OutcomeKind;
  readonly verdict: VerdictKind | null;
  readonly why: string;
  readonly found: readonly string[];
  readonly recoveries: readonly RecoveryView[];
};

/** Builds the view. */
export function recoverView({
  change,
  outcome,
  verdict,
  why,
  found,
  recoveries,
}: Extract<RecoveriesAnswer, { readonly kind: 'recoveries' }>): RecoverView {
  return {
    schema: 'countersign.recover/1',
    id: change.recovers,
    target: change.target,
    driver: change.driver,
    outcome: outcome.kind,
    verdict: verdict ?? null,
    why,
    found,
    recoveries: recoveries.map((one) => ({ ...one, command: one.isPossible ? commandOf(change.recovers, one) : null })),
  };
}

function commandOf(id: string, { kind, subject }: Recovery): string {
  const named = subject === null || kind === 'force-unlock' ? '' : ` '${subject.replaceAll("'", "'\\''")}'`;
  return `countersign recover ${id} --with ${kind}${named}`;
}
