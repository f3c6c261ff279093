/** The trust file as one process believes it: read, signature checked, compared with what that process accepted before. */

import { join } from 'node:path';
import { fileTrustPin } from '../adapters/index.ts';
import { Failure, type Files } from '../kernel/index.ts';
import { type AcceptedTrust, acceptTrust, type TrustPin } from '../loop/approve/index.ts';
import type { Base } from './base.ts';

/** Where the trust file and its signature lie. */
export type TrustPaths = { readonly file: string; readonly signature: string };

const MOST_BYTES = 1024 * 1024;

/** The paths of the operator's trust file. */
export function trustPaths(base: Base): TrustPaths {
  const file = join(base.homes.trust, 'trust.yaml');
  return { file, signature: `${file}.sig` };
}

/** The trust file's bytes and signature as they lie there; `undefined` when there is no trust file. */
export async function readTrustFiles(
  files: Files,
  paths: TrustPaths,
): Promise<{ readonly bytes: Uint8Array; readonly signatureArmored: string | undefined } | undefined> {
  const bytes = await files.read(paths.file, MOST_BYTES);
  if (bytes === undefined) return undefined;
  const signature = await files.read(paths.signature, MOST_BYTES);
  return { bytes, signatureArmored: signature === undefined ? undefined : new TextDecoder().decode(signature) };
}

/**
 * Reads the trust file with the memory of one home.
 *
 * @param home  whose pin counts: control plane, runner or verifier
 * @throws Failure `TRUST_MISSING`, `TRUST_UNSIGNED`, `TRUST_ROLLED_BACK`, `CONFIG_INVALID`
 */
export async function believeTrust(base: Base, home: string): Promise<AcceptedTrust> {
  const paths = trustPaths(base);
  const presented = await readTrustFiles(base.machine.files, paths);
  if (presented === undefined) {
    throw new Failure('TRUST_MISSING', 'there is no trust file yet', {
      hint: 'countersign approver add NAME --ssh-key FILE.pub makes one',
      where: paths.file,
    });
  }
  return await acceptTrust({ ...presented, file: paths.file, pin: trustPin(base, home) });
}

/** What the process of one home accepted last. */
export function trustPin(base: Base, home: string): TrustPin {
  return fileTrustPin(base.machine.files, join(home, 'trust-pin.json'));
}
