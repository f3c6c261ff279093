/** Finds out whose key a file is, so that nobody has to type their name beside their key. */

import { Failure, type Files, type Processes, visibleLine } from '../../kernel/index.ts';
import { parseSshKey, type Trust } from '../../loop/approve/index.ts';

/** What finding a signer needs. */
export type SignerParts = {
  readonly files: Files;
  readonly processes: Processes;
  readonly programEnvironment: Readonly<Record<string, string>>;
};

const MOST_KEY_BYTES = 64 * 1024;
const TIMEOUT_MS = 120_000;

/** Reads the public half of a key: the `.pub` file itself or beside the private one, else as `ssh-keygen -y` tells it. */
export async function readPublicKey(parts: SignerParts, keyFile: string): Promise<string> {
  const path = keyFile.endsWith('.pub') ? keyFile : `${keyFile}.pub`;
  const beside = await parts.files.read(path, MOST_KEY_BYTES);
  if (beside !== undefined) return new TextDecoder().decode(beside).trim();
  const result = await parts.processes.run({
    file: 'ssh-keygen',
    args: ['-y', '-f', keyFile],
    directory: '/',
    environment: parts.programEnvironment,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_KEY_BYTES,
  });
  if (result.end.kind === 'exited' && result.end.code === 0) return new TextDecoder().decode(result.stdout).trim();
  throw new Failure('KEY_UNREADABLE', `the public half of ${keyFile} can't be read`, {
    hint: 'name an SSH private key, or the .pub file of one that your ssh-agent holds',
    where: keyFile,
  });
}

/**
 * Names the approver whose registered key it is.
 *
 * @throws Failure `REFUSED` when the key is nobody's
 */
export async function findSigner(parts: SignerParts, trust: Trust, keyFile: string): Promise<string> {
  const answer = parseSshKey(await readPublicKey(parts, keyFile));
  if (answer.kind !== 'key') {
    throw new Failure('KEY_UNREADABLE', `${keyFile} holds no key that can sign here: ${answer.why}`, {
      hint: 'use an ed25519, ecdsa or rsa key, or a security key',
      where: keyFile,
    });
  }
  const { key } = answer;
  const owner = trust.approvers.find((approver) => approver.keys.some((one) => one.fingerprint === key.fingerprint));
  if (owner !== undefined) return owner.name;
  throw new Failure('REFUSED', `the key ${key.fingerprint} is not registered for any approver`, {
    hint: `registered are ${trust.approvers.map((one) => visibleLine(one.name)).join(', ')}; countersign approver add NAME --ssh-key FILE.pub`,
    where: keyFile,
  });
}
