/** The trust file, understood: every name resolved, every rule with the place that it stands at. */

import type { CheckSpec, DriverName, Environment, RunnerIdentity } from '../../../kernel/index.ts';
import type { Condition } from '../policy/condition.ts';
import type { SshKey } from '../ssh/ssh-key.ts';
import type { TrustDocument } from './trust-document.ts';

/** A person who may approve. */
export type Approver = {
  readonly name: string;
  readonly keys: readonly SshKey[];
  readonly accounts: readonly string[];
  readonly where: string;
};

/** A runner, with the age recipient that its secrets are sealed to. */
export type TrustedRunner = RunnerIdentity & { readonly recipient: string; readonly where: string };

/** A verifier. `key` is its Ed25519 public key, base64 SPKI. */
export type TrustedVerifier = {
  readonly name: string;
  readonly key: string;
  readonly recipient: string;
  readonly where: string;
};

/** One fact and the pattern that it must fit. */
export type FactPattern = { readonly fact: string; readonly pattern: string; readonly where: string };

/** A target and what it is bound to. */
export type TrustedTarget = {
  readonly name: string;
  readonly drivers: readonly DriverName[];
  readonly bind: readonly FactPattern[];
  readonly environment: Environment | undefined;
  readonly runner: string | undefined;
  readonly checks: readonly CheckSpec[];
  readonly where: string;
};

/** Facts that together make an environment. */
export type EnvironmentRule = {
  readonly environment: Environment;
  readonly patterns: readonly FactPattern[];
  readonly where: string;
};

/** What a rule demands; what it leaves out, it does not touch. */
export type Demand = {
  readonly approvals?: number | undefined;
  /** Names of approvers, groups resolved. */
  readonly from?: readonly string[] | undefined;
  readonly fourEyes?: boolean | undefined;
  readonly plainKeys?: boolean | undefined;
  readonly signedReconcile?: boolean | undefined;
  readonly openForMs?: number | undefined;
  readonly approvalForMs?: number | undefined;
  readonly breakGlass?: readonly string[] | undefined;
  readonly needsPostconditions?: boolean | undefined;
};

/** The demand that every change meets before any rule is asked: nothing in it is left out. */
export type FullDemand = { readonly [Field in keyof Demand]-?: Exclude<Demand[Field], undefined> };

/** A rule of the policy. Without a condition it always applies. */
export type PolicyRule = {
  readonly name: string;
  readonly where: string;
  readonly when: Condition | undefined;
  readonly effect:
    | { readonly kind: 'demand'; readonly demand: Demand }
    | { readonly kind: 'refuse'; readonly sentence: string };
};

/** A standing approval of one person for one sandbox target. */
export type Grant = {
  readonly name: string;
  readonly target: string;
  readonly driver: DriverName;
  readonly when: Condition | undefined;
  readonly argv: readonly string[] | undefined;
  readonly expiresAtMs: number;
  readonly uses: number | undefined;
  readonly by: string;
  readonly where: string;
};

/** An entry of the record that nobody stands by: its number, its exact hash, and what people found out about it. */
export type Disowned = { readonly seq: number; readonly hash: string; readonly why: string };

/** A trust file that was read and understood. Whether it is to be believed is another question: `acceptTrust`. */
export type Trust = {
  readonly file: string;
  readonly version: number;
  readonly approvers: readonly Approver[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly runners: readonly TrustedRunner[];
  readonly verifiers: readonly TrustedVerifier[];
  readonly targets: ReadonlyMap<string, TrustedTarget>;
  readonly environments: readonly EnvironmentRule[];
  readonly defaults: FullDemand;
  readonly defaultsWhere: string;
  readonly policy: readonly PolicyRule[];
  readonly grants: readonly Grant[];
  readonly disowned: readonly Disowned[];
  /** The file as it was written, for digests. */
  readonly document: TrustDocument;
};
