/** Every trust file that a home accepted, one file each, written once and never again. */

import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Failure, type Files } from '../../kernel/index.ts';
import type { TrustVersion, TrustVersions } from '../../loop/approve/index.ts';
import { refuseExposed } from './refuse-exposed.ts';

const MOST_BYTES = 1024 * 1024;
const PRIVATE_FILE = 0o600;
const DIGITS = 8;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const versionSchema = z.strictObject({
  schema: z.literal('countersign.trust-version/1'),
  version: z.int().positive(),
  trustBase64: z.base64(),
  signatureArmored: z.string().nullable(),
  isFirstUse: z.boolean(),
  acceptedAtMs: z.int(),
  afterSeq: z.int().nonnegative().nullable(),
  prev: hash,
  hash,
});

/**
 * Keeps accepted versions in a directory, as `00000001.json` and on.
 *
 * @param directory  in a 0700 home that only its own process can write to
 */
export function fileTrustVersions(files: Files, directory: string): TrustVersions {
  const names = async (): Promise<readonly string[]> => {
    if ((await files.stat(directory)) === undefined) return [];
    await refuseExposed(files, directory, dirname(directory));
    const entries = await files.tree(directory, () => false);
    return entries.flatMap(({ path }) => (/^\d{8}\.json$/.test(path) ? [path] : []));
  };
  return {
    all: async () => {
      const versions: TrustVersion[] = [];
      for (const name of await names()) versions.push(await read(files, join(directory, name)));
      return versions;
    },
    newest: async () => {
      const name = (await names()).at(-1);
      return name === undefined ? undefined : await read(files, join(directory, name));
    },
    append: async (version) => {
      const index = Number.parseInt((await names()).at(-1) ?? '0', 10) + 1;
      await files.write(join(directory, `${String(index).padStart(DIGITS, '0')}.json`), textOf(version), PRIVATE_FILE);
    },
  };
}

function textOf({ bytes, signatureArmored, afterSeq, ...rest }: TrustVersion): string {
  return JSON.stringify({
    schema: 'countersign.trust-version/1',
    ...rest,
    trustBase64: Buffer.from(bytes).toString('base64'),
    signatureArmored: signatureArmored ?? null,
    afterSeq: afterSeq ?? null,
  });
}

async function read(files: Files, path: string): Promise<TrustVersion> {
  await refuseExposed(files, path);
  const content = (await files.read(path, MOST_BYTES)) ?? new Uint8Array();
  const {
    schema: _,
    trustBase64,
    signatureArmored,
    afterSeq,
    ...rest
  } = parse(new TextDecoder().decode(content), path);
  return {
    ...rest,
    bytes: Buffer.from(trustBase64, 'base64'),
    signatureArmored: signatureArmored ?? undefined,
    afterSeq: afterSeq ?? undefined,
  };
}

function parse(text: string, path: string): z.output<typeof versionSchema> {
  try {
    return versionSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('TRUST_HISTORY_BROKEN', "a remembered trust file can't be read", {
      where: path,
      hint: 'find out who changed it and bring it back from a backup; without the whole directory, everything is judged by the present trust file alone',
      cause,
    });
  }
}
