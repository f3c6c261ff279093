/** Trust files for tests: a small valid one, and parts to add to it. */

import { softEd25519 } from './soft-ssh-keys.ts';

/** Keys that a test's trust files name; made once. */
export const ANN: ReturnType<typeof softEd25519> = softEd25519('ann');
export const BEN: ReturnType<typeof softEd25519> = softEd25519('ben');
export const CYD: ReturnType<typeof softEd25519> = softEd25519('cyd');

const SPKI = (letter: string): string => `MCowBQYDK2VwAyEA${letter.repeat(43)}=`;
const RECIPIENT = (letter: string): string => `age1${letter.repeat(58)}`;

/** The keys of the runner and the verifier. */
export const RUNNER_KEY: string = SPKI('B');
export const VERIFIER_KEY: string = SPKI('C');

/** Approvers ann, ben and cyd, the group database, one runner, one verifier; then whatever the test adds. */
export function trustText(more = '', version = 1): string {
  return `schema: countersign.trust/1
version: ${version}
approvers:
  - name: ann
    accounts: [ann]
    keys: ['${ANN.line}']
  - name: ben
    accounts: [ben, benjamin]
    keys: ['${BEN.line}']
  - name: cyd
    keys: ['${CYD.line}']
groups: {database: [ann, ben]}
runners:
  - {name: laptop, key: '${RUNNER_KEY}', recipient: ${RECIPIENT('q')}, account: deploy}
verifiers:
  - {name: watcher, key: '${VERIFIER_KEY}', recipient: ${RECIPIENT('z')}}
${more}`;
}
