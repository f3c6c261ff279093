/** The preview of a migration: what the rehearsal changed, with what it loses first. */

import {
  type AttributeChange,
  countChanges,
  destroysFirst,
  type Json,
  type Preview,
  type ResourceChange,
  type ToolIdentity,
  type Unpredictable,
  visibleLine,
  visibleText,
} from '../../kernel/index.ts';
import { programNote } from '../sealed-notes.ts';
import type { DatabaseShape, SchemaObject, TableContent } from './databases.ts';
import type { Rehearsal } from './rehearsal.ts';
import { unpredictableCalls } from './unpredictable-calls.ts';

/** Where the migration would run, and by which program. */
export type MigrationPlace = { readonly database: string; readonly tool: Pick<ToolIdentity, 'path' | 'digest'> };

/**
 * Computes the preview from the rehearsal, the migration's text and the sealed place, and from nothing else.
 *
 * A table that loses rows counts as destroyed in part, and so does one that rows are deleted from while others come in.
 */
export function rehearsalPreview(rehearsal: Rehearsal, migration: string, place: MigrationPlace): Preview {
  const resources = destroysFirst([
    ...schemaChanges(rehearsal.before, rehearsal.after),
    ...rehearsal.before.tables.flatMap((table) => contentChange(table, rehearsal)),
    ...versionChange(rehearsal),
  ]);
  return {
    schema: 'countersign.preview/1',
    driver: 'sqlite',
    counts: countChanges(resources),
    resources,
    unpredictable: unpredictable(rehearsal, migration),
    text: visibleText(migration.toWellFormed()),
    notes: [...notes(rehearsal), `database ${visibleLine(place.database)}`, programNote(place.tool)],
  };
}

function schemaChanges(before: DatabaseShape, after: DatabaseShape): readonly ResourceChange[] {
  const names = new Set([...before.schema, ...after.schema].map((object) => `${object.type} ${object.name}`));
  return [...names].flatMap((address) => {
    const old = before.schema.find((object) => `${object.type} ${object.name}` === address);
    const now = after.schema.find((object) => `${object.type} ${object.name}` === address);
    if (old?.sql === now?.sql) return [];
    if (old === undefined) return [change(address, 'create', [...sqlChange(old, now), ...created(now, after)])];
    if (now === undefined) return [change(address, 'delete', [...sqlChange(old, now), ...dropped(old, before)])];
    return [change(address, 'update', sqlChange(old, now)), ...columnChanges(old.name, before, after)];
  });
}

function created(now: SchemaObject | undefined, after: DatabaseShape): readonly AttributeChange[] {
  const table = after.tables.find((one) => now?.type === 'table' && one.name === now.name);
  return table === undefined ? [] : [attribute('rows', null, table.rows)];
}

function dropped(old: SchemaObject, before: DatabaseShape): readonly AttributeChange[] {
  const table = before.tables.find((one) => old.type === 'table' && one.name === old.name);
  return table === undefined ? [] : [attribute('rows', table.rows, null)];
}

function columnChanges(name: string, before: DatabaseShape, after: DatabaseShape): readonly ResourceChange[] {
  const old = before.tables.find((table) => table.name === name)?.columns ?? [];
  const now = after.tables.find((table) => table.name === name)?.columns ?? [];
  const names = new Set([...old, ...now].map((column) => column.name));
  return [...names].flatMap((column) => {
    const was = old.find((one) => one.name === column);
    const is = now.find((one) => one.name === column);
    if (was?.type === is?.type) return [];
    const action = was === undefined ? 'create' : is === undefined ? 'delete' : 'update';
    return [change(`column ${name}.${column}`, action, [attribute('type', was?.type ?? null, is?.type ?? null)])];
  });
}

// A table that was dropped has its row in the schema changes already.
function contentChange(table: TableContent, rehearsal: Rehearsal): readonly ResourceChange[] {
  const now = rehearsal.after.tables.find((one) => one.name === table.name);
  if (now === undefined || now.digest === table.digest) return [];
  const isLosing = now.rows < table.rows || rehearsal.touched.deletedFrom.includes(table.name);
  const isSameShape = JSON.stringify(now.columns) === JSON.stringify(table.columns);
  if (!isLosing && !isSameShape && now.rows === table.rows) return [];
  return [
    {
      ...change(`rows of ${table.name}`, isLosing ? 'delete' : 'update', [
        attribute('rows', table.rows, now.rows),
        attribute('content', table.digest.slice(0, 12), now.digest.slice(0, 12)),
      ]),
      reason: isLosing ? 'rows_are_deleted' : now.rows > table.rows ? 'rows_are_added' : 'rows_are_changed',
    },
  ];
}

function versionChange(rehearsal: Rehearsal): readonly ResourceChange[] {
  const [old, now] = [rehearsal.before.userVersion, rehearsal.after.userVersion];
  return old === now ? [] : [change('pragma user_version', 'update', [attribute('value', old, now)])];
}

function unpredictable(rehearsal: Rehearsal, migration: string): readonly Unpredictable[] {
  const calls = unpredictableCalls(rehearsal, migration);
  if (calls.length === 0) return [];
  return [
    {
      address: 'migration',
      what: 'non-deterministic',
      text: `the values that ${calls.join(', ')} will give: the rows it writes can differ from the rehearsal's`,
    },
  ];
}

function notes(rehearsal: Rehearsal): readonly string[] {
  const shared = [
    'It was rehearsed on a copy. It runs in one transaction: all of it takes effect, or nothing.',
    'Nobody else can write to the database while it runs.',
  ];
  if (rehearsal.foreignKeys === 'on') return shared;
  return [
    ...shared,
    'Foreign keys are off while it runs; what would point at nothing is looked for before the commit.',
  ];
}

function change(
  address: string,
  action: ResourceChange['action'],
  attributes: readonly AttributeChange[],
): ResourceChange {
  return { address: visibleText(address.toWellFormed()), action, attributes };
}

function sqlChange(old: SchemaObject | undefined, now: SchemaObject | undefined): readonly AttributeChange[] {
  return [attribute('sql', shown(old), shown(now))];
}

function shown(object: SchemaObject | undefined): Json {
  return object === undefined ? null : visibleText(object.sql.toWellFormed());
}

function attribute(path: string, before: Json, after: Json): AttributeChange {
  return { path, before, after, isUnknownAfter: false, isSensitive: false, forcesReplacement: false };
}
