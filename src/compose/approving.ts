/** Composed for people who decide: the record, the policy as the control plane believes it, and the person's own key. */

import { sshKeygenSigner } from '../adapters/index.ts';
import type {
  AccountsOf,
  CheckedApproval,
  Clock,
  Files,
  HashFunction,
  Processes,
  Random,
  Refusal,
  SignedApproval,
} from '../kernel/index.ts';
import { type ApprovalSigner, policyOf, type Trust } from '../loop/approve/index.ts';
import type { OpenRecord } from './base.ts';
import { type Base, openRecord, setVariables } from './base.ts';
import { believeTrust } from './read-trust.ts';

/** What a decision needs. */
export type Approving = OpenRecord & {
  readonly trust: Trust;
  readonly accountsOf: AccountsOf;
  readonly checkApproval: (signed: SignedApproval) => CheckedApproval | Refusal;
  readonly signer: ApprovalSigner;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly processes: Processes;
  readonly hash: HashFunction;
  readonly programEnvironment: Readonly<Record<string, string>>;
};

/** Composes decisions. `tell` receives what ssh-keygen says while it waits for the person. */
export async function composeApproving(base: Base, tell: (text: string) => void): Promise<Approving> {
  const { trust, isSigned } = await believeTrust(base, base.homes.state);
  const policy = policyOf(trust, { isSigned });
  const programEnvironment = setVariables(base.environment);
  return {
    ...(await openRecord(base)),
    ...base.machine,
    trust,
    accountsOf: policy.accountsOf,
    checkApproval: (signed) => policy.checkApproval(signed),
    signer: sshKeygenSigner({ environment: programEnvironment, tell }),
    programEnvironment,
  };
}
