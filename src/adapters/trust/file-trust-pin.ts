/** The trust file that a runner or verifier accepted last, in one file of its own directory. */

import { dirname } from 'node:path';
import { z } from 'zod';
import { Failure, type Files } from '../../kernel/index.ts';
import type { PinnedTrust, TrustPin } from '../../loop/approve/index.ts';
import { refuseExposed } from './refuse-exposed.ts';

const MOST_BYTES = 1024 * 1024;

const pinSchema = z.strictObject({
  schema: z.literal('countersign.trust-pin/1'),
  trustBase64: z.base64(),
  signatureArmored: z.string().nullable(),
});

/**
 * Keeps the pinned trust file at a path. Text and signature are one file, so that no crash can part them.
 *
 * @param path  in a 0700 directory that only the runner or verifier can write to
 */
export function fileTrustPin(files: Files, path: string): TrustPin {
  return {
    recall: () => recall(files, path),
    pin: ({ bytes, signatureArmored }) =>
      files.write(
        path,
        JSON.stringify({
          schema: 'countersign.trust-pin/1',
          trustBase64: Buffer.from(bytes).toString('base64'),
          signatureArmored: signatureArmored ?? null,
        }),
        0o600,
      ),
  };
}

async function recall(files: Files, path: string): Promise<PinnedTrust | undefined> {
  const content = await files.read(path, MOST_BYTES);
  if (content === undefined) return undefined;
  await refuseExposed(files, path, dirname(path));
  const pin = parsePin(Buffer.from(content).toString('utf8'), path);
  return {
    bytes: Buffer.from(pin.trustBase64, 'base64'),
    signatureArmored: pin.signatureArmored ?? undefined,
  };
}

function parsePin(text: string, path: string): z.output<typeof pinSchema> {
  try {
    return pinSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('STORE_UNREADABLE', "the remembered trust file can't be read", {
      where: path,
      hint: 'find out who changed it; remove it only if the present trust file is known to be right',
      cause,
    });
  }
}
