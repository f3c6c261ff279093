/** Takes secret values out of text before anybody sees or records it (L11). */

import type { Json } from '../../kernel/index.ts';
import { isObject } from './sensitive-values.ts';

/** What stands where a secret stood. */
export const SENSITIVE = '(sensitive)';

/** Replaces every occurrence of every secret. @param secrets  longest first */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, SENSITIVE), text);
}

/** Rewrites every text inside a JSON value, member names included. */
export function mapTexts(value: Json, rewrite: (text: string) => string): Json {
  if (typeof value === 'string') return rewrite(value);
  if (Array.isArray(value)) return value.map((item: Json) => mapTexts(item, rewrite));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [rewrite(name), mapTexts(child ?? null, rewrite)]),
  );
}
