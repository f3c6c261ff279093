/** The whole environment of an execution: the clear part from the manifest, the secret part from its sealed blob. */

import { z } from 'zod';
import { Failure } from '../kernel/index.ts';
import type { OpenedBundle } from './driver.ts';

const SECRET_VALUES = z.record(z.string(), z.string());

/** The blob that holds the values of secret variables, as JSON `{NAME: value}`; there is none when nothing is secret. */
export const ENVIRONMENT_BLOB = 'environment';

/**
 * Puts the environment of an execution together; nothing is inherited from whoever runs it.
 *
 * @returns every variable by name, secret values in the clear: never to be recorded or shown
 * @throws Failure `BLOB_CORRUPT` when the sealed values are missing or are not those that the manifest names
 */
export function bundleEnvironment(bundle: OpenedBundle): Readonly<Record<string, string>> {
  return { ...bundle.manifest.environmentVariables, ...secretVariables(bundle) };
}

/** Lists the secret values of a bundle, for masking. @throws Failure `BLOB_CORRUPT` as `bundleEnvironment` */
export function secretValues(bundle: OpenedBundle): readonly string[] {
  return Object.values(secretVariables(bundle));
}

function secretVariables(bundle: OpenedBundle): Readonly<Record<string, string>> {
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
