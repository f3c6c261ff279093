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
  throw new Failure(
    'TOOL_FAILED',
    'the lock of the state was free, was taken for a look, and could not be given back',
    {
      hint: `remove the lock that names the operation "a look at the lock" at ${visibleLine(place.unlockUrl)}`,
      where: visibleLine(place.unlockUrl),
    },
  );
}

type Sending = { readonly url: string; readonly method: string; readonly body: string };
type Sent = { readonly status: number; readonly text: string };

async function send({ username, password }: LockPlace, { url, method, body }: Sending): Promise<Sent | string> {
  const basic = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  const authorization = username === undefined ? {} : { authorization: `Basic ${basic}` };
  try {
    const response = await fetch(url, {
      method,
      body,
      headers: { 'content-type': 'application/json', ...authorization },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, text: await firstBytes(response) };
  } catch (thrown) {
    return `its server can't be asked: ${reason(thrown)}`;
  }
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

// The cause says more than "fetch failed"; neither holds the request's headers.
function reason(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return visibleLine(cause instanceof Error ? cause.message : String(cause));
}
