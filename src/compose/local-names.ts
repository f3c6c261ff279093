/** The names that this machine's own runner and verifier have in a first trust file. */

/** The runner whose keys lie in the runner home. */
export const LOCAL_RUNNER: string = 'local';

/** The verifier whose keys lie in the verifier home. */
export const LOCAL_VERIFIER: string = 'local-verifier';
