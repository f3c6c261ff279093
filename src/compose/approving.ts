/** Composed for people who decide: the record, the policy as the control plane believes it, and the person's own key. */

import { sshKeygenSigner } from '../adapters/index.ts';
import type {
  AccountsOf,
  Agent,
  CheckedApproval,
  CheckedStatement,
  Clock,
  Files,
  HashFunction,
  Person,
  Processes,
  Random,
  Refusal,
  Sha256Hex,
  SignedApproval,
  SignedStatement,
} from '../kernel/index.ts';
import { type ApprovalSigner, policyOf, type TargetPolicy, type Trust } from '../loop/approve/index.ts';
import { type ExaminedProposal, examineStream } from '../record/index.ts';
import type { OpenRecord } from './base.ts';
import { type Base, openRecord, setVariables } from './base.ts';
import { findDisownedReleases } from './disowned-releases.ts';
import { readPolicy } from './read-policy.ts';
import { believeTrust } from './read-trust.ts';
import { readTrustWords } from './trust-questions.ts';

/** What a decision needs. */
export type Approving = OpenRecord & {
  readonly trust: Trust;
  readonly accountsOf: AccountsOf;
  readonly checkApproval: (signed: SignedApproval) => CheckedApproval | Refusal;
  readonly checkStatement: (signed: SignedStatement) => CheckedStatement | Refusal;
  /** The policy for changes planned in a directory, as the control plane believes it now. @throws Failure as `readPolicy` */
  readonly policyFor: (directory: string) => Promise<TargetPolicy>;
  /**
   * A proposal as its own events tell it, every signature checked, and everything in it that does not hold. What is signed rests
   * on this and never on the store's summary. @throws Failure as `readTrustWords`
   */
  readonly examine: (proposal: string) => Promise<ExaminedProposal>;
  /** The proposals of a target or place that were executed, or freed it, by words that an approver disowned since. */
  readonly disownedReleases: (target: string, place: Sha256Hex | undefined) => Promise<readonly string[]>;
  /** Who typed the command. */
  readonly caller: Person | Agent;
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
  const record = await openRecord(base);
  return {
    ...record,
    ...base.machine,
    trust,
    accountsOf: policy.accountsOf,
    checkApproval: (signed) => policy.checkApproval(signed),
    checkStatement: (signed) => policy.checkStatement(signed),
    policyFor: (directory) => readPolicy(base, base.homes.state, directory),
    examine: async (proposal) => {
      const { questions } = await readTrustWords(base, base.homes.state, 'store');
      return await examineStream({ source: record.store.source, hash: base.machine.hash, trust: questions }, proposal);
    },
    disownedReleases: findDisownedReleases(base, base.homes.state),
    caller: base.caller,
    signer: sshKeygenSigner({ environment: programEnvironment, tell }),
    programEnvironment,
  };
}
