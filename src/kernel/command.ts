/** Commands: everything that anybody can ask to do to a proposal. */

import type { CheckedApproval } from './approval.ts';
import type { CheckObservation, CheckPhase } from './check.ts';
import type {
  Claimed,
  Drafted,
  Executed,
  FoundStale,
  FoundUnplannable,
  KeySignature,
  OutputSeen,
  RefusedByPolicy,
  Sealed,
  SecretsDestroyed,
  Started,
  Verified,
} from './event.ts';
import type { Principal } from './principal.ts';
import type { ProposalState } from './proposal.ts';
import type { AccountsOf, Requirement, SignatureDemand } from './requirement.ts';
import type { CheckedStatement } from './statement.ts';

/** What can be asked for. Each carries what the decision needs and nothing that the state knows already. */
export type Command =
  | { readonly kind: 'draft'; readonly draft: Omit<Drafted, 'type'> }
  | { readonly kind: 'mark-unplannable'; readonly finding: Omit<FoundUnplannable, 'type'> }
  | { readonly kind: 'seal'; readonly sealed: Omit<Sealed, 'type'> }
  | { readonly kind: 'admit'; readonly requirement: Requirement }
  | { readonly kind: 'refuse'; readonly because: RefusedByPolicy['because'] }
  | {
      readonly kind: 'look';
      /** The phase that the signature covers; a look that comes too late for it is refused. */
      readonly phase?: CheckPhase | undefined;
      readonly observations: readonly CheckObservation[];
      readonly signed: KeySignature;
    }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'approve'; readonly approval: CheckedApproval; readonly accountsOf: AccountsOf }
  | { readonly kind: 'reject'; readonly approval: CheckedApproval }
  | ({ readonly kind: 'review-glass'; readonly note: string; readonly accountsOf: AccountsOf } & Spoken)
  | { readonly kind: 'withdraw'; readonly why: string }
  | { readonly kind: 'supersede'; readonly by: string }
  | { readonly kind: 'expire' }
  | {
      readonly kind: 'claim';
      readonly claim: Omit<Claimed, 'type'>;
      readonly accountsOf: AccountsOf;
      /** What the runner found of each release of the target; one that it did not examine does not hold. */
      readonly releases?: readonly ReleaseFinding[] | undefined;
    }
  | ({ readonly kind: 'release'; readonly why: string } & Fenced)
  | ({ readonly kind: 'find-stale'; readonly finding: Omit<FoundStale, 'type'> } & Fenced)
  | ({ readonly kind: 'start'; readonly start: Omit<Started, 'type'> } & Fenced)
  | ({ readonly kind: 'see-output'; readonly output: Omit<OutputSeen, 'type'> } & Fenced)
  | ({ readonly kind: 'finish'; readonly finish: Omit<Executed, 'type'> } & Fenced)
  | { readonly kind: 'verify'; readonly verified: Omit<Verified, 'type'> }
  | ({
      readonly kind: 'reconcile';
      readonly note: string;
      readonly through?: string | undefined;
      /** The proposal that `through` names, as it stands. */
      readonly recovery?: ProposalState | undefined;
      /** What it is executed or closed by was disowned in the trust file, and nothing that holds took its place. */
      readonly isDisowned?: boolean | undefined;
    } & Spoken)
  | { readonly kind: 'destroy-secrets'; readonly destroyed: Omit<SecretsDestroyed, 'type'> };

/** What a runner says of an execution names the claim that it holds: another claim's execution is not its own. */
type Fenced = { readonly claim?: string | undefined };

/**
 * What a runner found of one release: a person's word, or a close that rests on words that were disowned. `why`: why it does not
 * hold; absent when it does.
 */
export type ReleaseFinding = { readonly proposal: string; readonly why?: string | undefined };

/** What a person says of a proposal may be signed, and must be where the policy asks for it. */
type Spoken = { readonly statement?: CheckedStatement | undefined; readonly demand?: SignatureDemand | undefined };

/** The name of a command. */
export type CommandKind = Command['kind'];

/** Who asks, and when. */
export type Asking = { readonly actor: Principal; readonly atMs: number };
