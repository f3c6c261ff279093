/** A rehearsal: what a migration did to a copy. Sealed with the bundle; the preview is computed from it and the text alone. */

import { z } from 'zod';
import { Failure, type Json } from '../../kernel/index.ts';
import type { DatabaseShape, Touched } from './databases.ts';

/** What the copy was before and after, and what the statements touched. */
export type Rehearsal = {
  readonly schema: 'countersign.rehearsal/1';
  readonly before: DatabaseShape;
  readonly after: DatabaseShape;
  readonly touched: Touched;
  readonly foreignKeys: 'on' | 'off';
};

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const SHAPE: z.ZodType<DatabaseShape> = z.strictObject({
  applicationId: z.int(),
  userVersion: z.int(),
  schemaDigest: sha256,
  schema: z.array(
    z.strictObject({
      type: z.enum(['table', 'index', 'view', 'trigger']),
      name: z.string(),
      table: z.string(),
      sql: z.string(),
    }),
  ),
  tables: z.array(
    z.strictObject({
      name: z.string(),
      columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
      rows: z.int().min(0),
      digest: sha256,
    }),
  ),
});

const REHEARSAL: z.ZodType<Rehearsal> = z.strictObject({
  schema: z.literal('countersign.rehearsal/1'),
  before: SHAPE,
  after: SHAPE,
  touched: z.strictObject({
    tables: z.array(z.string()),
    deletedFrom: z.array(z.string()),
    functions: z.array(z.string()),
  }),
  foreignKeys: z.enum(['on', 'off']),
});

/** Reads a sealed rehearsal. @throws Failure `BLOB_CORRUPT` */
export function parseRehearsal(content: Uint8Array): Rehearsal {
  const parsed = REHEARSAL.safeParse(parseJson(new TextDecoder().decode(content)));
  if (parsed.success) return parsed.data;
  throw new Failure('BLOB_CORRUPT', 'the sealed rehearsal is not one', { hint: 'propose the change again' });
}

/** Tells whether the rehearsal left everything as it was. */
export function changesNothing(rehearsal: Rehearsal): boolean {
  const { before, after } = rehearsal;
  return (
    before.schemaDigest === after.schemaDigest &&
    before.tables.every((table) => after.tables.find((one) => one.name === table.name)?.digest === table.digest)
  );
}

function parseJson(text: string): Json | undefined {
  try {
    // JSON.parse yields JSON; zod checks which.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
