/** The port of the first look: has a verifier put every check once, so that people see what is red now. */

/** Whether a verifier looked; what it saw stands in the record then. */
export type LookAnswer =
  | { readonly kind: 'looked' }
  | { readonly kind: 'unavailable'; readonly why: string; readonly next: string };

/** Asks a verifier, in a process of its own, to look. */
export interface FirstLook {
  /** Resolves when it looked or when it is known that nobody will. A proposal stays whole without a look. @throws any Failure */
  look(proposal: string): Promise<LookAnswer>;
}
