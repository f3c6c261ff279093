/** The port of the look before: a verifier, in a process of its own, puts the checks to the world (L7). */

/** Whether the verifier looked. `unavailable` says why and what to do; nothing was recorded then. */
type BaselineAnswer =
  | { readonly kind: 'looked' }
  | { readonly kind: 'unavailable'; readonly why: string; readonly next: string };

/** Asks for the look right before an execution. */
export interface Baseline {
  /**
   * Resolves when the verifier's signed answers stand in the record as the proposal's `before` look.
   *
   * The runner's word is not enough: the kernel refuses `start` while the record holds no such look.
   */
  look(proposal: string): Promise<BaselineAnswer>;
}
