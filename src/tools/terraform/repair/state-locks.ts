/** The port that asks an `http` backend who holds a state's lock: Terraform's own message names whoever asks instead. */

/** Who holds a lock, in the holder's own words. */
export type StateLock = {
  readonly id: string;
  /** `account@host`; empty where it said nothing. */
  readonly who: string;
  readonly operation: string;
  /** `undefined` where it said nothing readable. */
  readonly createdAtMs: number | undefined;
};

/** Where the lock is asked for, as the backend is configured. */
export type LockPlace = {
  readonly url: string;
  readonly method: string;
  readonly unlockUrl: string;
  readonly unlockMethod: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
};

/** What the server said. */
export type LockAnswer =
  | { readonly kind: 'held'; readonly lock: StateLock }
  | { readonly kind: 'free' }
  /** It is held, or may be; nobody says by whom. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** Nobody even says whether it is held. */
  | { readonly kind: 'untold'; readonly why: string };

/** Asks for a lock to learn who holds it. Ask only where it is known to be held: a free one is taken, and given back at once. */
export interface StateLocks {
  /** @throws Failure `TOOL_FAILED` when a lock that was free could not be given back */
  ask(place: LockPlace): Promise<LockAnswer>;
}
