/** The whole environment of an execution: the clear part from the manifest, the secret part from its sealed blob. */

import { z } from 'zod';
import { Failure, type Manifest, visibleLine } from '../kernel/index.ts';
import type { OpenedBundle } from './driver.ts';
import { loaderTrouble } from './loader-variables.ts';

const SECRET_VALUES = z.record(z.string(), z.string());

/** The blob that holds the values of secret variables, as JSON `{NAME: value}`; there is none when nothing is secret. */
export const ENVIRONMENT_BLOB = 'environment';

/**
 * Puts the environment of an execution together; nothing is inherited from whoever runs it.
 *
 * @returns every variable by name, secret values in the clear: never to be recorded or shown
 * @throws Failure `BLOB_CORRUPT` when the sealed values are missing or are not those that the manifest names, or as `clearEnvironment`
 */
export function bundleEnvironment(bundle: OpenedBundle): Readonly<Record<string, string>> {
  return { ...clearEnvironment(bundle.manifest), ...secretVariables(bundle) };
}

/**
 * The clear part, for a tool that is asked before the secrets are opened.
 *
 * @throws Failure `BLOB_CORRUPT` when any variable, clear or secret, makes programs load code: proposing refuses it, so it was forged
 */
export function clearEnvironment(manifest: Manifest): Readonly<Record<string, string>> {
  const clear = Object.entries(manifest.environmentVariables).find(([name, value]) => loaderTrouble(name, value));
  const loader = clear?.[0] ?? manifest.secretVariables.find((name) => loaderTrouble(name));
  if (loader === undefined) return manifest.environmentVariables;
  const why = `${visibleLine(loader)} makes programs load code that nobody approved: it ${loaderTrouble(loader)}`;
  throw new Failure('BLOB_CORRUPT', `the bundle of ${manifest.proposal} can't run: ${why}`, {
    hint: 'treat it as a forgery until it is explained; nothing ran',
    where: manifest.proposal,
  });
}

/**
 * The environment that identities are asked with: all of it, and what of it is secret.
 *
 * @param blobs  of the bundle, in the clear
 * @throws Failure `BLOB_CORRUPT` as `bundleEnvironment`
 */
export function identityEnvironment(
  manifest: Manifest,
  blobs: OpenedBundle['blobs'],
): { readonly variables: Readonly<Record<string, string>>; readonly secretVariables: readonly string[] } {
  const clear = clearEnvironment(manifest);
  return {
    variables: { ...clear, ...secretVariables({ manifest, blobs }) },
    secretVariables: manifest.secretVariables,
  };
}

/** Lists the secret values of a bundle, for masking. @throws Failure `BLOB_CORRUPT` as `bundleEnvironment` */
export function secretValues(bundle: OpenedBundle): readonly string[] {
  return Object.values(secretVariables(bundle));
}

function secretVariables(bundle: Pick<OpenedBundle, 'manifest' | 'blobs'>): Readonly<Record<string, string>> {
  const names = bundle.manifest.secretVariables;
  if (names.length === 0) return {};
  const blob = bundle.blobs.get(ENVIRONMENT_BLOB);
  const parsed = SECRET_VALUES.safeParse(blob === undefined ? undefined : parseJson(blob));
  const isComplete = parsed.success && Object.keys(parsed.data).sort().join() === [...names].sort().join();
  if (isComplete) return parsed.data;
  throw new Failure('BLOB_CORRUPT', `the sealed environment of ${bundle.manifest.proposal} is not what it names`, {
    hint: 'propose the change again',
    where: bundle.manifest.proposal,
  });
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
}
