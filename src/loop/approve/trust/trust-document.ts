/** What stands in the two configuration files, as it stands there: names not yet resolved, durations still text. */

import type { CheckKind, DriverName, Environment, JsonObject } from '../../../kernel/index.ts';

/** Facts by name, each with the pattern that it must fit. */
export type FactPatterns = Readonly<Record<string, string>>;

/** A check, as written. */
export type CheckEntry = {
  readonly id: string;
  readonly kind: CheckKind;
  readonly claim: string;
  readonly question: JsonObject;
  readonly timeout?: string | undefined;
};

/** What a rule demands, as written. */
export type DemandEntry = {
  readonly approvals?: number | undefined;
  readonly from?: readonly string[] | undefined;
  readonly fourEyes?: boolean | undefined;
  readonly plainKeys?: boolean | undefined;
  readonly signedReconcile?: boolean | undefined;
  readonly openFor?: string | undefined;
  readonly approvalFor?: string | undefined;
  readonly breakGlass?: readonly string[] | undefined;
  readonly postconditions?: 'required' | 'optional' | undefined;
};

/** A rule, as written: either `demand` or `refuse`. */
export type RuleEntry = {
  readonly name: string;
  readonly when?: string | undefined;
  readonly demand?: DemandEntry | undefined;
  readonly refuse?: string | undefined;
};

/** A target, as written. */
export type TargetEntry = {
  readonly driver: DriverName | readonly DriverName[];
  readonly bind?: FactPatterns | undefined;
  readonly environment?: Environment | undefined;
  readonly runner?: string | undefined;
  readonly checks?: readonly CheckEntry[] | undefined;
};

/** A standing grant, as written. */
export type GrantEntry = {
  readonly name: string;
  readonly target: string;
  readonly driver: DriverName;
  readonly when?: string | undefined;
  readonly argv?: readonly string[] | undefined;
  readonly expires: string;
  readonly uses?: number | undefined;
  readonly by: string;
};

/** An entry of the record that nobody stands by, as written. */
export type DisownedEntry = { readonly entry: number; readonly hash: string; readonly why: string };

/** `trust.yaml`, as written. */
export type TrustDocument = {
  readonly schema: 'countersign.trust/1';
  readonly version: number;
  readonly approvers: readonly {
    readonly name: string;
    readonly keys: readonly string[];
    readonly accounts?: readonly string[] | undefined;
  }[];
  readonly groups?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly runners: readonly {
    readonly name: string;
    readonly key: string;
    readonly recipient: string;
    readonly account: string;
  }[];
  readonly verifiers: readonly { readonly name: string; readonly key: string; readonly recipient: string }[];
  readonly targets?: Readonly<Record<string, TargetEntry>> | undefined;
  readonly environments?:
    | { readonly [Name in Environment]?: { readonly where: readonly FactPatterns[] } | undefined }
    | undefined;
  readonly defaults?: DemandEntry | undefined;
  readonly policy?: readonly RuleEntry[] | undefined;
  readonly grants?: readonly GrantEntry[] | undefined;
  readonly planner?: { readonly domains: readonly string[] } | undefined;
  readonly disowned?: readonly DisownedEntry[] | undefined;
};

/** `countersign.yaml`, as written. */
export type RepositoryDocument = {
  readonly schema: 'countersign.repository/1';
  readonly environment?: Environment | undefined;
  readonly policy?: readonly RuleEntry[] | undefined;
  readonly checks?: readonly CheckEntry[] | undefined;
};
