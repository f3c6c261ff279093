/**
 * What a verifier and its check worker say to each other: one JSON document each way.
 *
 * The worker runs what an agent may have written. Its reply is parsed as if an agent had written it too.
 */

import { z } from 'zod';
import { type CheckSpec, canonicalJson, type Json, type JsonObject } from '../../kernel/index.ts';
import type { WorkerAnswer, WorkerReply } from '../../loop/verify/index.ts';

/** What a worker is told. It holds paths and names, never a key. */
export type WorkerOrder = {
  /** Unpredictable; the reply must repeat it, so that nothing that a check prints can pass for a reply. */
  readonly ticket: string;
  readonly spec: CheckSpec;
  /** Where a command without a directory of its own runs. */
  readonly directory: string;
  /** A private directory for what the check must write; removed afterwards. */
  readonly scratch: string;
  /** File with the sealed directory in the clear; only for checks that plan anew. */
  readonly sealedDirectoryFile?: string | undefined;
  /** Whether texts from the world may be recorded. */
  readonly mayExcerpt: boolean;
  /** Files are looked at only where every account of the machine may read them. */
  readonly mustBeOpen: boolean;
  /** Names of the variables whose values must be masked. */
  readonly secretVariables: readonly string[];
  /** Directories that no check may look into: keys, ledgers, trust. */
  readonly keepOut: readonly string[];
};

const MOST_OBSERVED_BYTES = 4096;
const QUESTION: z.ZodType<JsonObject> = z.record(z.string(), z.json());

const ORDER = z.strictObject({
  ticket: z.string().min(16),
  spec: z.strictObject({
    id: z.string(),
    kind: z.enum(['command', 'http', 'file', 'sqlite', 'terraform-plan']),
    claim: z.string(),
    origin: z.enum(['proposal', 'mandated', 'driver']),
    question: QUESTION,
    timeoutMs: z.number(),
  }),
  directory: z.string(),
  scratch: z.string(),
  sealedDirectoryFile: z.string().optional(),
  mayExcerpt: z.boolean(),
  mustBeOpen: z.boolean(),
  secretVariables: z.array(z.string()),
  keepOut: z.array(z.string()),
});

const OBSERVED: z.ZodType<Json> = z
  .json()
  .refine((value) => isRecordable(value), `is no JSON of at most ${MOST_OBSERVED_BYTES} bytes`);

const REPLY = z.strictObject({
  ticket: z.string(),
  id: z.string(),
  answer: z.enum(['green', 'red', 'unknown']),
  observed: OBSERVED,
  observedDigest: z.string().regex(/^[0-9a-f]{64}$/),
  detail: z.string().max(8192),
});

/** Writes the reply to an order, as one line. */
export function writeReply(order: WorkerOrder, reply: WorkerReply): string {
  return `${canonicalJson({ ticket: order.ticket, id: order.spec.id, ...reply })}\n`;
}

/**
 * Reads the order that a worker finds on its standard input.
 *
 * @returns `undefined` when it is none: the worker then says nothing and ends
 */
export function readOrder(text: string): WorkerOrder | undefined {
  const parsed = ORDER.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

/**
 * Reads all that a worker printed.
 *
 * @returns the reply; `lost` for anything but exactly one well-formed reply to this very order
 */
export function readReply(order: WorkerOrder, printed: string): WorkerAnswer {
  const parsed = REPLY.safeParse(parseJson(printed));
  if (!parsed.success) return { kind: 'lost', why: 'the check worker said something that is no reply' };
  const { ticket, id, ...reply } = parsed.data;
  if (ticket === order.ticket && id === order.spec.id) return { kind: 'replied', ...reply };
  return { kind: 'lost', why: 'the check worker replied to something else' };
}

function isRecordable(value: unknown): boolean {
  const text = JSON.stringify(value);
  return text.isWellFormed() && !/\\ud[89a-f]/i.test(text) && Buffer.byteLength(text) <= MOST_OBSERVED_BYTES;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
