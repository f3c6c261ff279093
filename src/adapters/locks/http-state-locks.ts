/** Asks an `http` backend who holds a lock, in the words that Terraform itself asks in, and never without an end. */

import { z } from 'zod';
import { Failure, type Random, visibleLine } from '../../kernel/index.ts';
import type { LockAnswer, LockPlace, StateLocks } from '../../tools/index.ts';

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 64 * 1024;
const HELD: ReadonlySet<number> = new Set([409, 423]);

const LOCK = z.object({
  ID: z.string().min(1),
  Who: z.string().default(''),
  Operation: z.string().default(''),
  Created: z.string().default(''),
});

/** Opens the way to ask. @param parts.who  what we call ourselves: `account@host` */
export function httpStateLocks(parts: { readonly random: Random; readonly who: string }): StateLocks {
  return { ask: async (place) => await ask(parts, place) };
}

async function ask(parts: { readonly random: Random; readonly who: string }, place: LockPlace): Promise<LockAnswer> {
  const own = JSON.stringify({
    ID: `countersign-${Buffer.from(parts.random.bytes(16)).toString('hex')}`,
    Operation: 'a look at the lock',
    Info: 'Countersign asks who holds it, and gives it back at once',
    Who: parts.who,
    Version: '',
    Created: '',
    Path: '',
  });
  const answer = await send(place, { url: place.url, method: place.method, body: own });
  if (typeof answer === 'string') return { kind: 'unknown', why: answer };
  if (HELD.has(answer.status)) return readHolder(answer.text);
  if (answer.status !== 200) return { kind: 'unknown', why: `its server answers ${answer.status}` };
  const back = await send(place, { url: place.unlockUrl, method: place.unlockMethod, body: own });
  if (typeof back !== 'string' && back.status === 200) return { kind: 'free' };
  const where = addressWords(place.unlockUrl);
  throw new Failure(
    'TOOL_FAILED',
    'the lock of the state was free, was taken for a look, and could not be given back',
    { hint: `remove the lock that names the operation "a look at the lock" at ${where}`, where },
  );
}

type Sending = { readonly url: string; readonly method: string; readonly body: string };
type Sent = { readonly status: number; readonly text: string };

async function send(place: LockPlace, { url, method, body }: Sending): Promise<Sent | string> {
  const address = readAddress(url, place);
  if (address === undefined) return "its server can't be asked: its address can't be read";
  const { authorization } = address;
  try {
    const response = await fetch(address.url, {
      method,
      body,
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, text: await firstBytes(response) };
  } catch (thrown) {
    return `its server at ${addressWords(url)} can't be asked: ${reason(thrown)}`;
  }
}

type Address = { readonly url: string; readonly authorization: string | undefined };

/** Takes a user out of an address: fetch refuses one, and repeats it in its refusal. What is configured beside the address goes first. */
function readAddress(text: string, { username, password }: LockPlace): Address | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const user = username === undefined ? userOf(url) : `${username}:${password ?? ''}`;
  url.username = '';
  url.password = '';
  const authorization = user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
  return { url: url.href, authorization };
}

function userOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `${unescaped(username)}:${unescaped(password)}`;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign stands for itself.
    return text;
  }
}

/** Where a server is, in words that hold no secret: neither a user nor what a query says. */
function addressWords(text: string): string {
  const url = URL.parse(text);
  return url === null ? 'an address that can not be read' : visibleLine(`${url.origin}${url.pathname}`);
}

async function firstBytes(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    sizeBytes += piece.byteLength;
    if (sizeBytes > MOST_BYTES) break;
  }
  return Buffer.concat(pieces).subarray(0, MOST_BYTES).toString('utf8');
}

function readHolder(text: string): LockAnswer {
  const lock = LOCK.safeParse(parseJson(text)).data;
  if (lock === undefined) return { kind: 'unknown', why: 'its server says that it is held, and not by whom' };
  const atMs = Date.parse(lock.Created);
  return {
    kind: 'held',
    lock: {
      id: lock.ID,
      who: lock.Who,
      operation: lock.Operation,
      createdAtMs: Number.isNaN(atMs) ? undefined : atMs,
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON names nobody: the caller says so.
    return undefined;
  }
}

/** Never the message: that of a `TypeError` repeats addresses and headers. The system's own code says enough. */
function reason(thrown: unknown): string {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z][A-Z_0-9]{1,60}$/.test(code) ? code : 'the connection or the request failed';
}
