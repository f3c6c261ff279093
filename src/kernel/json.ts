/**
 * Canonical JSON, so that two machines hash the same document to the same digest.
 *
 * This file must never accept what JSON can't carry: a digest over a lossy text would approve something else.
 */

import { invariant } from './failure.ts';

/** Any value that JSON can carry. Object members are `undefined`-free once canonicalised. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** A JSON object. */
export type JsonObject = { readonly [name: string]: Json | undefined };

/**
 * Writes the one canonical text of a JSON value (JCS, RFC 8785).
 *
 * Members are ordered by UTF-16 code units, members that are `undefined` are left out, numbers are written as ECMAScript does.
 *
 * @param value  any JSON value; numbers finite, strings well-formed UTF-16
 * @returns text without any insignificant white space
 * @throws a bug report (`invariant`) on NaN, infinities and lone surrogates, which have no canonical text
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    invariant(Number.isFinite(value), 'a number in a canonical document must be finite');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return canonicalString(value);
  // Array.isArray does not narrow readonly arrays: a readonly Json[] is the only array in the union.
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  // What is left of the union is an object; a readonly array was not taken out of it by the check above.
  return canonicalObject(value as JsonObject);
}

function canonicalString(text: string): string {
  invariant(text.isWellFormed(), 'a string in a canonical document must be well-formed UTF-16');
  return JSON.stringify(text);
}

function canonicalObject(object: JsonObject): string {
  const members: string[] = [];
  for (const name of Object.keys(object).sort()) {
    const member = object[name];
    if (member !== undefined) members.push(`${canonicalString(name)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}
