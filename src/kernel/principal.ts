/** Who acts. Every event names its principal, and authority is decided on the kind, never on a name. */

/** A human being, by the name that the trust file or the operating system knows them by. */
export type Person = { readonly kind: 'person'; readonly name: string };

/** A coding agent, bound to the person who runs it. */
export type Agent = {
  readonly kind: 'agent';
  readonly name: string;
  /** The operating-system account whose session the agent runs in. */
  readonly person: string;
  readonly model?: string | undefined;
  readonly session?: string | undefined;
};

/** A process with write credentials that runs approved bundles once. `key` is its Ed25519 public key, base64 SPKI. */
export type Runner = { readonly kind: 'runner'; readonly name: string; readonly key: string };

/** A process with its own key and read-only check workers. `key` is its Ed25519 public key, base64 SPKI. */
export type Verifier = { readonly kind: 'verifier'; readonly name: string; readonly key: string };

/** The control plane and its planner: they plan, seal and apply policy, and hold no production credential. */
export type Control = { readonly kind: 'control'; readonly name: string };

/** Anybody who can act. */
export type Principal = Person | Agent | Runner | Verifier | Control;

/** The kinds of principal. */
export type PrincipalKind = Principal['kind'];

/** Whoever can make a proposal. */
export type Proposer = Person | Agent;

/**
 * Names the human being behind a proposer: the person themself, or the person who runs the agent (L2).
 *
 * @returns an operating-system account or approver name
 */
export function personBehind(proposer: Proposer): string {
  return proposer.kind === 'person' ? proposer.name : proposer.person;
}
