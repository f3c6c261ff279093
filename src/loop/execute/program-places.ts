/** The port of where programs lie: who else could put another one there. */

/** Somebody else's reach to a program: the file or directory, and why it is open, as the end of a sentence. */
export type Exposure = { readonly path: string; readonly why: string };

/** Looks at owners and modes, at nothing else, and follows links as the operating system would. */
export interface ProgramPlaces {
  /**
   * The first file, link's directory or parent directory on the way to a program that anybody but root and this process's own
   * account could change; `undefined` when there is none.
   *
   * @param path  absolute
   * @throws Failure `STORE_UNREADABLE` on a path that can't be looked at
   */
  exposure(path: string): Promise<Exposure | undefined>;
}
