/** Reads what the migration program said, line by line. A line that was cut is no line. */

import { z } from 'zod';
import type { MigrationEvent } from './databases.ts';

const EVENT: z.ZodType<MigrationEvent> = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('began') }),
  z.strictObject({ event: z.literal('statement'), number: z.int(), line: z.int() }),
  z.strictObject({
    event: z.literal('touched'),
    tables: z.array(z.string()),
    deletedFrom: z.array(z.string()),
    functions: z.array(z.string()),
  }),
  z.strictObject({ event: z.literal('committing') }),
  z.strictObject({ event: z.literal('committed') }),
  z.strictObject({ event: z.literal('not-begun'), why: z.string() }),
  z.strictObject({
    event: z.literal('rolled-back'),
    why: z.string(),
    line: z.int().optional(),
    column: z.int().optional(),
    rule: z.enum(['statement-failed', 'statement-forbidden', 'database-changed', 'foreign-keys']),
  }),
]);

/** Reads the events of a stream, in order. `isWhole` is false when anything in it is not a whole event of ours. */
export function readMigrationEvents(stdout: Uint8Array): {
  readonly events: readonly MigrationEvent[];
  readonly isWhole: boolean;
} {
  const text = new TextDecoder().decode(stdout);
  const lines = text.split('\n');
  const rest = lines.pop();
  const parsed = lines.map((line) => EVENT.safeParse(parseJson(line)));
  return {
    events: parsed.flatMap((one) => (one.success ? [one.data] : [])),
    isWhole: rest === '' && parsed.every((one) => one.success),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
