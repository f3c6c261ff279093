/** What the chaos provider offers: two types of resource that differ in name only, and one data source. */

/** An attribute of the protocol's schema. */
type Attribute = { readonly name: string; readonly type: Uint8Array } & Readonly<Record<string, unknown>>;

/** Types of the resources: the second exists so that an object can move from one type to the other. */
const THING_TYPES = ['chaos_thing', 'chaos_old_thing'] as const;

/** The attribute that can't be changed in place. */
export const FORCES_REPLACEMENT = 'zone';

function attribute(name: string, type: unknown, flags: Readonly<Record<string, boolean>>): Attribute {
  return { name, type: new TextEncoder().encode(JSON.stringify(type)), ...flags };
}

const THING = schemaOf([
  attribute('id', 'string', { computed: true }),
  attribute('creation', 'number', { computed: true }),
  attribute('name', 'string', { required: true }),
  attribute('size', 'number', { optional: true }),
  attribute('zone', 'string', { optional: true }),
  attribute('password', 'string', { optional: true, sensitive: true }),
  attribute('mode', 'string', { optional: true }),
  attribute('destroy_mode', 'string', { optional: true }),
]);

const COUNT = schemaOf([attribute('names', ['list', 'string'], { computed: true })]);

function schemaOf(attributes: readonly Attribute[]): unknown {
  return { version: 0, block: { version: 0, attributes } };
}

/** The answer to GetProviderSchema. */
export const SCHEMAS: Readonly<Record<string, unknown>> = {
  provider: schemaOf([]),
  resource_schemas: Object.fromEntries(THING_TYPES.map((type) => [type, THING])),
  data_source_schemas: { chaos_things: COUNT },
  diagnostics: [],
  server_capabilities: { plan_destroy: false, get_provider_schema_optional: false, move_resource_state: true },
};
