/** Signs a trust file only when it will be believed: a signature that nobody believes would stop runner and verifier. */

import type { Trusting } from '../../compose.ts';
import { Failure } from '../../kernel/index.ts';
import { acceptTrust, NAMESPACES, type PinnedTrust, parseTrust, type Trust } from '../../loop/approve/index.ts';
import { findSigner, type SignerParts } from './find-signer.ts';

/**
 * Signs a text of the trust file with an approver's key. Nothing is written.
 *
 * @returns the armored signature; the file that is believed now accepts the text with it
 * @throws Failure `REFUSED` when the key is of no approver of the file that is believed now, `TRUST_ROLLED_BACK` when the
 *   text's version is not higher, `TRUST_UNSIGNED` when the signature is not by the key that lies beside it
 */
export async function signTrust(
  parts: SignerParts,
  trusting: Trusting,
  text: string,
  keyFile: string,
): Promise<string> {
  const { file } = trusting.paths;
  const bytes = Buffer.from(text, 'utf8');
  const trust = parseTrust(text, file);
  const pinned = await trusting.pinned();
  // The same file, signed later, is judged by its own approvers, as a first one is.
  const before = pinned === undefined || Buffer.compare(pinned.bytes, bytes) === 0 ? undefined : pinned;
  const judge =
    before === undefined ? trust : parseTrust(Buffer.from(before.bytes).toString('utf8'), `${file} (as it was pinned)`);
  if (before !== undefined) refuseOldVersion(trust, judge, file);
  await findSigner(parts, judge, keyFile);
  const signatureArmored = await trusting.signer.sign({ text, namespace: NAMESPACES.trust, keyFile });
  await acceptTrust({ bytes, signatureArmored, file, pin: onlyRecall(before) });
  return signatureArmored;
}

function refuseOldVersion(trust: Trust, judge: Trust, where: string): void {
  if (trust.version > judge.version) return;
  throw new Failure(
    'TRUST_ROLLED_BACK',
    `the trust file was changed and has version ${trust.version}; version ${judge.version} was accepted before, so nobody would believe it`,
    { where, hint: `write \`version: ${judge.version + 1}\` into it, then sign it` },
  );
}

// This is a rehearsal: each believer pins for itself, once the file lies there.
function onlyRecall(pinned: PinnedTrust | undefined): Parameters<typeof acceptTrust>[0]['pin'] {
  return { recall: async () => pinned, pin: async () => undefined };
}
