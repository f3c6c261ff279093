/**
 * Providers are programs of hundreds of megabytes: a bundle names them by digest instead of carrying them, and every private
 * copy takes them from where `terraform init` put them, if they are still the same.
 */

import { z } from 'zod';
import { Failure, type HashFunction, type Sha256Hex, visibleLine } from '../../kernel/index.ts';
import type { TerraformParts } from './run-terraform.ts';

/** One file of an installed provider. */
export type PinnedProvider = {
  /** Relative to `.terraform/providers`. */
  readonly path: string;
  /** Where its bytes really lie; absolute. */
  readonly source: string;
  readonly digest: Sha256Hex;
};

const LARGEST_PROVIDER_BYTES = 2 * 1024 * 1024 * 1024 - 1;
const PINS = z.array(z.strictObject({ path: z.string(), digest: z.string() }));

/** Reads what is installed; links, as plugin caches and mirrors make them, are followed to their files. */
export async function readProviders(parts: TerraformParts, dataDirectory: string): Promise<readonly PinnedProvider[]> {
  const root = `${dataDirectory}/providers`;
  if ((await parts.files.stat(root))?.kind !== 'directory') return [];
  const found = await listFiles(parts, root, '');
  const pinned: PinnedProvider[] = [];
  for (const { path, source } of found) {
    const digest = await parts.files.digest(source, LARGEST_PROVIDER_BYTES);
    if (digest !== undefined) pinned.push({ path, source, digest });
  }
  return pinned.sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Copies providers into a private copy. */
export async function layProviders(
  parts: TerraformParts,
  tree: string,
  providers: readonly PinnedProvider[],
): Promise<void> {
  for (const { path, source } of providers) {
    const to = `${tree}/.terraform/providers/${path}`;
    await parts.files.makeDirectory(to.slice(0, to.lastIndexOf('/')), 0o700);
    await parts.files.copy(source, to);
  }
}

/** One name for all installed providers, as a fact. */
export function providersDigest(hash: HashFunction, providers: readonly PinnedProvider[]): Sha256Hex {
  return hash(pinsText(providers));
}

/** Writes the pins as JSON. */
export function packPins(providers: readonly PinnedProvider[]): Uint8Array {
  return new TextEncoder().encode(pinsText(providers));
}

/**
 * Takes the pinned providers from where they are installed.
 *
 * @throws Failure `TOOL_FAILED` when one is missing or is another; `BLOB_CORRUPT` when the pins can't be read
 */
export async function takeProviders(
  parts: TerraformParts,
  dataDirectory: string,
  pins: Uint8Array | undefined,
): Promise<readonly PinnedProvider[]> {
  const wanted = readPins(pins);
  if (wanted.length === 0) return [];
  const installed = await readProviders(parts, dataDirectory);
  return wanted.map(({ path, digest }) => {
    const found = installed.find((provider) => provider.path === path && provider.digest === digest);
    if (found !== undefined) return found;
    throw new Failure('TOOL_FAILED', `the provider ${visibleLine(path)} is not the one that was sealed`, {
      hint: 'run `terraform init` with the sealed lock file, or propose again',
      where: visibleLine(`${dataDirectory}/providers/${path}`),
    });
  });
}

function readPins(pins: Uint8Array | undefined): z.infer<typeof PINS> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(pins));
  } catch (cause) {
    throw corrupt(cause);
  }
  const read = PINS.safeParse(parsed).data;
  if (read === undefined) throw corrupt();
  return read;
}

function corrupt(cause?: unknown): Failure {
  return new Failure('BLOB_CORRUPT', 'the sealed list of providers can’t be read', {
    hint: 'propose the change again',
    cause,
  });
}

function pinsText(providers: readonly PinnedProvider[]): string {
  return JSON.stringify(providers.map(({ path, digest }) => ({ path, digest })));
}

type Located = { readonly path: string; readonly source: string };

async function listFiles(parts: TerraformParts, directory: string, prefix: string): Promise<readonly Located[]> {
  const found: Located[] = [];
  for (const entry of await parts.files.tree(directory, () => false)) {
    const path = `${prefix}${entry.path}`;
    const source = `${directory}/${entry.path}`;
    if (entry.kind === 'file') found.push({ path, source });
    if (entry.kind !== 'link') continue;
    const real = await parts.files.realPath(source);
    if (real === undefined) continue;
    const isDirectory = (await parts.files.stat(real))?.kind === 'directory';
    found.push(...(isDirectory ? await listFiles(parts, real, `${path}/`) : [{ path, source: real }]));
  }
  return found;
}
