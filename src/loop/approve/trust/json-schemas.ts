/** The published JSON Schemas of the two configuration files, for editors. */

import { z } from 'zod';
import type { JsonObject } from '../../../kernel/index.ts';
import { repositorySchema, trustSchema } from './trust-schema.ts';

/** A JSON Schema by the name of its file in `docs/schemas`. */
export type PublishedSchemas = Readonly<Record<'trust.schema.json' | 'countersign.schema.json', JsonObject>>;

/** Makes the JSON Schemas (draft 2020-12) from the very schemas that the parsers use. */
export function publishedSchemas(): PublishedSchemas {
  return {
    'trust.schema.json': publish(trustSchema, 'Countersign trust file'),
    'countersign.schema.json': publish(repositorySchema, 'Countersign rules of a repository'),
  };
}

function publish(schema: z.ZodType, title: string): JsonObject {
  // Through JSON text, so that what is compared and written is JSON and nothing else.
  const made = z.json().parse(JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' }))));
  return { title, ...(typeof made === 'object' && made !== null && !Array.isArray(made) ? made : {}) };
}
