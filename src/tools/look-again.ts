/** The question whether the world is still as a confirmed change left it: asked of the driver that made it, long after it closed. */

import type { Manifest } from '../kernel/index.ts';

/** What is looked at. The bundle's secret blobs are destroyed by then: what it was planned from is in its manifest and preview alone. */
export type LookAgainRequest = {
  readonly manifest: Pick<Manifest, 'proposal' | 'directory' | 'facts'>;
  /** The options that it was planned with, as its preview shows them: a value that was secret is not among them. `undefined` when its preview tells none. */
  readonly options: readonly string[] | undefined;
  /** The allow-listed environment; the whole of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names in `environment` whose values are secret. */
  readonly secretVariables: readonly string[];
  /** A fresh private directory; removed by the caller afterwards. */
  readonly scratch: string;
};

/** What stands otherwise than it was confirmed: names only, no value of any attribute. Each list is sorted, and masked. */
export type Drift = {
  readonly resources: readonly { readonly address: string; readonly action: string }[];
  readonly outputs: readonly string[];
  /** Check blocks and conditions that held and do not hold any more. */
  readonly failedChecks: readonly string[];
};

/** What a look found. */
export type LookAgainAnswer =
  | { readonly kind: 'as-confirmed' }
  | {
      readonly kind: 'drifted';
      readonly drift: Drift;
      /** The options to propose with, so that the same part of the world is put back. */
      readonly argv: readonly string[];
      /** A plan would put it back; where not, only a person can. */
      readonly isMendable: boolean;
    }
  | {
      /** The change would be planned from something else now: a difference would be a change that waits, and no drift. */
      readonly kind: 'changed-configuration';
      readonly changed: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly why: string; readonly next: string };
