/** The port of the verifier's own trust: what its pinned trust file says, whatever the control plane says (L15). */

import type { CheckSpec, DriverName, Environment, SignedApproval } from '../../kernel/index.ts';

/** A process that may act under a name, and its Ed25519 public key, base64 SPKI. */
export type KeyHolder = { readonly name: string; readonly key: string };

/** Who may run, and who may verify. */
export type Parties = { readonly runners: readonly KeyHolder[]; readonly verifiers: readonly KeyHolder[] };

/** What mandates are asked about. */
type Mandating = { readonly target: string; readonly environment: Environment; readonly driver: DriverName };

/** The verifier's pinned trust file. Reads nothing that the control plane can write. */
export interface VerifierTrust {
  /** The checks that the operator mandates now. @throws Failure `TRUST_MISSING`, `TRUST_UNSIGNED`, `CONFIG_INVALID` */
  mandated(sealed: Mandating): Promise<readonly CheckSpec[]>;
  /** Whether a person whom the operator knows signed this document. @throws Failure as `mandated` */
  knowsApproval(approval: SignedApproval): Promise<boolean>;
  /** The keys that the operator knows. @throws Failure as `mandated` */
  parties(): Promise<Parties>;
}
