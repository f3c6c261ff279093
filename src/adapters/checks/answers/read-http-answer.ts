/** Reads the answer of a server. */

import { canonicalJson, type HashFunction, type Json } from '../../../kernel/index.ts';
import type { HttpQuestion, JsonExpectation } from '../../../tools/index.ts';
import { meetsText, missesText } from './meets-text.ts';
import { type Reading, unknownReading } from './reading.ts';

/** What became of a request. `refused`: the host itself said that nobody listens; `unanswered` is every other trouble. */
export type HttpSeen =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Uint8Array; readonly isTruncated: boolean }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unanswered'; readonly why: string };

/**
 * Reads a server's answer.
 *
 * A server that can't be reached answers nothing: unknown, never red, because the way to it may be what is broken. Only a question
 * that names `reachable` itself can be answered by a refused connection. A redirect is an answer and is never followed. A body that
 * was cut is unknown where the question looks at it. The digest covers the status and what the question looks at of the body.
 */
export function readHttpAnswer(question: HttpQuestion, seen: HttpSeen, hash: HashFunction): Reading {
  const { reachable } = question.expect;
  switch (seen.kind) {
    case 'unanswered':
      return unknownReading(`no answer: ${seen.why}`);
    case 'refused':
      if (reachable === undefined) return unknownReading('the connection was refused: nobody answered');
      return {
        answer: reachable ? 'red' : 'green',
        detail: 'the connection was refused',
        facts: { isReachable: false },
        excerpts: {},
        projection: { isReachable: false },
      };
    case 'answered':
      return readResponse(question, seen, hash);
  }
}

type Answered = Extract<HttpSeen, { readonly kind: 'answered' }>;

function readResponse(question: HttpQuestion, seen: Answered, hash: HashFunction): Reading {
  const { status, body, reachable } = question.expect;
  if (body !== undefined && seen.isTruncated)
    return unknownReading('the body is longer than is read', { status: seen.status });
  const read = body === undefined ? { projection: null, excerpts: {} } : readBody(body, seen.body, hash);
  const misses: string[] = [];
  if (reachable === false) misses.push('a server answers');
  if (status !== undefined && status !== seen.status) misses.push(`the status is ${seen.status}, not ${status}`);
  if (read.miss !== undefined) misses.push(read.miss);
  return {
    answer: misses.length === 0 ? 'green' : 'red',
    detail: misses.join('; ') || `status ${seen.status}, as expected`,
    facts: { isReachable: true, status: seen.status, bodyBytes: seen.body.byteLength },
    excerpts: read.excerpts,
    projection: { isReachable: true, status: seen.status, body: read.projection },
  };
}

type BodyReading = {
  readonly miss?: string | undefined;
  readonly projection: Json;
  readonly excerpts: Readonly<Record<string, string>>;
};

function readBody(
  expected: NonNullable<HttpQuestion['expect']['body']>,
  bytes: Uint8Array,
  hash: HashFunction,
): BodyReading {
  const body = new TextDecoder().decode(bytes);
  if ('jsonPath' in expected) return readJsonBody(expected, body, hash);
  const miss = meetsText(body, expected) ? undefined : `the body ${missesText(expected)}`;
  return { miss, projection: hash(bytes), excerpts: { body } };
}

function readJsonBody(expected: JsonExpectation, body: string, hash: HashFunction): BodyReading {
  const parsed = parseJson(body);
  if (parsed === undefined)
    return { miss: 'the body is not JSON', projection: { text: hash(body) }, excerpts: { body } };
  const found = memberAt(parsed.value, expected.jsonPath);
  if (found === undefined) return { miss: 'the body has no such member', projection: null, excerpts: { body } };
  const text = canonicalJson(found);
  const miss = text === canonicalJson(expected.equals) ? undefined : 'the member of the body is not the expected value';
  return { miss, projection: { value: found }, excerpts: { value: text } };
}

/** Follows names and indexes joined by dots; own members only, so that `constructor` is no member of anything. */
function memberAt(value: Json, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path === '' ? [] : path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    // Own member of a JSON object or array: reading it by name yields JSON; arrays take their index as a name.
    found = (found as Readonly<Record<string, Json>>)[step];
  }
  return found;
}

function parseJson(text: string): { readonly value: Json } | undefined {
  // A lone surrogate has no canonical text; whatever holds one is not the JSON that anybody expects.
  if (!text.isWellFormed()) return undefined;
  try {
    const value: Json = JSON.parse(text);
    canonicalJson(value);
    return { value };
  } catch {
    return undefined;
  }
}
