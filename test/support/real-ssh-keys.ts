/** Keys and signatures of the real `ssh-keygen`, in a directory of their own. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key in a file. */
export type RealKey = {
  readonly file: string;
  readonly line: string;
  readonly fingerprint: string;
  readonly sign: (message: string | Uint8Array, namespace?: string) => string;
};

/** Makes a fresh directory for keys. */
export function keyDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'countersign-keys-'));
}

/** Makes a key with `ssh-keygen`. */
export function realKey(directory: string, name: string, type: string, bits?: number): RealKey {
  const file = join(directory, name);
  const size = bits === undefined ? [] : ['-b', String(bits)];
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', `${name}@test`, '-f', file]);
  const line = readFileSync(`${file}.pub`, 'utf8').trim();
  const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';
  return {
    file,
    line,
    fingerprint,
    sign: (message, namespace = 'countersign') =>
      execFileSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', file], {
        input: message,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'ignore'],
      }),
  };
}

/** Whether the real `ssh-keygen` takes a signature of a key over a message. */
export function realVerify(directory: string, line: string, armored: string, message: string): boolean {
  const allowed = join(directory, `allowed-${Math.abs(line.length * 31 + armored.length)}`);
  writeFileSync(allowed, `ann ${line}\n`);
  writeFileSync(`${allowed}.sig`, armored);
  const args = ['-Y', 'verify', '-f', allowed, '-I', 'ann', '-n', 'countersign', '-s', `${allowed}.sig`];
  return spawnSync('ssh-keygen', args, { input: message, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
}
