/**
 * Reads the event stream of `terraform apply -json`, one JSON object a line. The bytes may be cut off, interleaved with crash
 * output or hostile: whatever is not an event is kept as such, so that nobody mistakes silence for "nothing happened".
 */

import { z } from 'zod';
import { visibleLine } from '../../kernel/index.ts';
import type { Mask } from '../driver.ts';

/** Counts that Terraform sums an operation up with. */
export type ChangeSummary = {
  readonly add: number;
  readonly change: number;
  readonly import: number;
  readonly remove: number;
};

/** One event that says something about the outcome. `action` is Terraform's own word: create, update, delete, read. */
export type ApplyEvent =
  | { readonly kind: 'start'; readonly address: string; readonly action: string }
  | { readonly kind: 'complete'; readonly address: string; readonly action: string; readonly id?: string | undefined }
  | { readonly kind: 'error'; readonly address: string; readonly action: string }
  | { readonly kind: 'summary'; readonly counts: ChangeSummary }
  | {
      readonly kind: 'diagnostic';
      readonly severity: string;
      readonly summary: string;
      readonly detail: string;
      readonly address?: string | undefined;
      /** `file:line:column` in the configuration. */
      readonly where?: string | undefined;
    };

/** What was read. */
export type ApplyStream = {
  readonly events: readonly ApplyEvent[];
  /** Lines where an event was expected and none could be read; each cut to 200 characters, at most 20. */
  readonly unreadable: readonly string[];
  /** How many lines could not be read, all of them counted. */
  readonly unreadableCount: number;
};

const UNREADABLE_KEPT = 20;
const UNREADABLE_LENGTH = 200;

const HOOK = z.object({
  resource: z.object({ addr: z.string().min(1) }),
  action: z.string().min(1),
  id_value: z.string().optional(),
});
const COUNTS = z.object({
  add: z.int().min(0),
  change: z.int().min(0),
  import: z.int().min(0).default(0),
  remove: z.int().min(0),
  operation: z.string(),
});
const DIAGNOSTIC = z.object({
  severity: z.string(),
  summary: z.string(),
  detail: z.string().default(''),
  address: z.string().optional(),
  range: z.object({ filename: z.string(), start: z.object({ line: z.number(), column: z.number() }) }).optional(),
});
const LINE = z.looseObject({ type: z.string().min(1) });
const APPLY_HOOK = z.object({ hook: HOOK });
const SUMMARY_LINE = z.object({ changes: COUNTS });
const DIAGNOSTIC_LINE = z.object({ diagnostic: DIAGNOSTIC });

/**
 * Reads a stream. Never throws, whatever the bytes are.
 *
 * @param bytes  standard output, possibly cut off anywhere
 * @param mask  takes secrets out of everything that people will read, before it is cut to length
 */
export function readApplyStream(bytes: Uint8Array, mask: Mask): ApplyStream {
  const events: ApplyEvent[] = [];
  const unreadable: string[] = [];
  let unreadableCount = 0;
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    if (line.trim() === '') continue;
    const read = readLine(line, mask);
    if (read === 'unreadable') {
      unreadableCount += 1;
      if (unreadable.length < UNREADABLE_KEPT) unreadable.push(visibleLine(mask(line).slice(0, UNREADABLE_LENGTH)));
    } else if (read !== 'other') {
      events.push(read);
    }
  }
  return { events, unreadable, unreadableCount };
}

function readLine(line: string, mask: Mask): ApplyEvent | 'other' | 'unreadable' {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // The answer is in the name: the caller counts it against the execution.
    return 'unreadable';
  }
  const event = LINE.safeParse(parsed).data;
  if (event === undefined) return 'unreadable';
  switch (event.type) {
    case 'apply_start':
      return readHook('start', event, mask);
    case 'apply_complete':
      return readHook('complete', event, mask);
    case 'apply_errored':
      return readHook('error', event, mask);
    case 'change_summary':
      return readSummary(event);
    case 'diagnostic':
      return readDiagnostic(event, mask);
    default:
      return 'other';
  }
}

function readHook(kind: 'start' | 'complete' | 'error', line: unknown, mask: Mask): ApplyEvent | 'unreadable' {
  const hook = APPLY_HOOK.safeParse(line).data?.hook;
  if (hook === undefined) return 'unreadable';
  const { action, resource, id_value: id } = hook;
  if (kind !== 'complete') return { kind, address: resource.addr, action };
  return { kind, address: resource.addr, action, id: id === undefined ? undefined : mask(id) };
}

function readSummary(line: unknown): ApplyEvent | 'other' | 'unreadable' {
  const changes = SUMMARY_LINE.safeParse(line).data?.changes;
  if (changes === undefined) return 'unreadable';
  // A summary of the plan says what would be done, not what was done.
  if (changes.operation === 'plan') return 'other';
  const { operation: _kind, ...counts } = changes;
  return { kind: 'summary', counts };
}

function readDiagnostic(line: unknown, mask: Mask): ApplyEvent | 'unreadable' {
  const diagnostic = DIAGNOSTIC_LINE.safeParse(line).data?.diagnostic;
  if (diagnostic === undefined) return 'unreadable';
  const { severity, summary, detail, address, range } = diagnostic;
  const where = range === undefined ? undefined : `${range.filename}:${range.start.line}:${range.start.column}`;
  return { kind: 'diagnostic', severity, summary: mask(summary), detail: mask(detail), address, where };
}
