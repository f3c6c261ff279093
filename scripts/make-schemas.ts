/** Writes the JSON Schemas of the configuration files, from the very schemas that the parsers use: `node scripts/make-schemas.ts && biome format --write docs/schemas`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedSchemas } from '../src/loop/approve/index.ts';

const directory = join(import.meta.dirname, '..', 'docs', 'schemas');
mkdirSync(directory, { recursive: true });
for (const [name, schema] of Object.entries(publishedSchemas())) {
  writeFileSync(join(directory, name), `${JSON.stringify(schema, null, 2)}\n`);
}
