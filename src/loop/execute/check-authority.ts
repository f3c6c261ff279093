/**
 * The runner's own judgement: it believes signatures, quorum and policy by its pinned trust alone.
 *
 * A control plane that was taken over can delay or hide; it must never get anything executed here that nobody signed.
 */

import {
  type AuthorityAnswer,
  authorise,
  type CheckedApproval,
  type Manifest,
  type Preview,
  type Refusal,
  type RefusalCode,
} from '../../kernel/index.ts';
import type { Demand } from './authority.ts';
import type { HeldClaim } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { Intent } from './ledger.ts';

/** An execution that people who may allow it have allowed. */
export type Authorised = {
  readonly kind: 'authorised';
  /** Nonces of the approvals that count, to be used up. */
  readonly nonces: readonly string[];
  /** When the first of them, or the proposal, runs out. */
  readonly expiresAtMs: number;
  /** The standing grant that it rests on, where no person approved this very change, and how often the ledger had seen it used. */
  readonly grant: Intent['grant'];
};

/** What is judged: all of it read from the approved bundle, but for the approvals and the proposer. */
export type Judging = { readonly held: HeldClaim; readonly manifest: Manifest; readonly preview: Preview };

/** Re-checks runner, environment, policy, every signature and the quorum. */
export async function checkAuthority(parts: ExecutionParts, judging: Judging): Promise<Authorised | Refusal> {
  const { held, manifest, preview } = judging;
  const grantsUsed = await parts.ledger.grantsUsed();
  const demand = await parts.authority.demand({ manifest, preview, proposer: held.state.proposer, grantsUsed });
  if (demand.kind === 'refused') return demand;
  return refuseRunner(parts, manifest) ?? (await weigh(parts, judging, { ...demand, grantsUsed }));
}

function refuseRunner(parts: ExecutionParts, manifest: Manifest): Refusal | undefined {
  const own = { name: parts.signer.name, key: parts.signer.key, account: parts.account };
  const sealed = manifest.runner;
  for (const member of ['name', 'key', 'account'] as const) {
    if (own[member] === sealed[member]) continue;
    return refuse(
      manifest,
      'WRONG_RUNNER',
      `it was approved for a runner with the ${member} ${sealed[member]}, this one has ${own[member]}`,
      `execute it on ${sealed.name} as ${sealed.account}`,
    );
  }
  return undefined;
}

type Counted = Demand & { readonly grantsUsed: Readonly<Record<string, number>> };

async function weigh(parts: ExecutionParts, judging: Judging, demand: Counted): Promise<Authorised | Refusal> {
  const { held, manifest } = judging;
  const approvals: (CheckedApproval | Refusal)[] = [];
  for (const { document, signature } of held.state.approvals) {
    approvals.push(await parts.authority.checkApproval({ document, signature }));
  }
  const accountsOf = await parts.authority.accountsOf();
  const admitted = { ...held.state, environment: manifest.environment };
  const answer = authorise({ admitted, demand, approvals, accountsOf, atMs: parts.clock.nowMs() });
  if (answer.kind !== 'authorised') return refuseAnswer(manifest, answer);
  return { ...answer, grant: answer.nonces.length > 0 ? undefined : grantOf(demand) };
}

function refuseAnswer(manifest: Manifest, answer: Exclude<AuthorityAnswer, { kind: 'authorised' }>): Refusal {
  switch (answer.kind) {
    case 'other-environment':
      return refuse(
        manifest,
        'POLICY',
        `the bundle says ${answer.sealed}, this runner's trust file says ${answer.now}`,
        'correct the target in the trust file, then propose the change again',
      );
    case 'other-policy':
      return refuse(
        manifest,
        'POLICY',
        `the trust file, or the repository's own rules, changed what this target asks for since it was admitted, or this runner's trust file is another one (policy ${answer.admittedUnder} then, ${answer.now} here)`,
        `see that this runner has the trust file that is meant (countersign trust check), then countersign withdraw ${manifest.proposal} and propose the change again`,
      );
    case 'fallen-approval':
      return answer.refusal;
    case 'too-few':
      return refuse(
        manifest,
        'QUORUM',
        `${answer.have.length} of ${answer.need} approvals count by this runner's trust file`,
        'ask for the missing approvals',
      );
  }
}

function grantOf({ requirement: { grant }, grantsUsed }: Counted): Intent['grant'] {
  if (grant === undefined) return undefined;
  return { name: grant, usedBefore: Object.hasOwn(grantsUsed, grant) ? (grantsUsed[grant] ?? 0) : 0 };
}

/** Refuses what ran out while the runner was getting ready. */
export function refuseExpired(parts: ExecutionParts, manifest: Manifest, authorised: Authorised): Refusal | undefined {
  if (parts.clock.nowMs() < authorised.expiresAtMs) return undefined;
  const ranOut = new Date(authorised.expiresAtMs).toISOString();
  return refuse(
    manifest,
    'EXPIRED',
    `an approval or the proposal ran out ${ranOut}`,
    'approve it again if it is still right',
  );
}

function refuse(manifest: Manifest, code: RefusalCode, why: string, next: string): Refusal {
  return { kind: 'refused', code, what: 'this execution', where: manifest.proposal, why, next };
}
