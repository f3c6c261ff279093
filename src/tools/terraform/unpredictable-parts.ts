/**
 * Finds what the plan can't foresee. Provisioners and external programs stand in the plan's configuration only: the text that
 * `terraform show` prints never mentions them, so a person who reads it approves commands unseen.
 */

import { z } from 'zod';
import type { Json, JsonObject, Unpredictable } from '../../kernel/index.ts';
import type { TerraformPlan } from './read-plan.ts';
import { isObject } from './sensitive-values.ts';

const json: z.ZodType<Json> = z.json();
const RESOURCE = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  expressions: z.record(z.string(), json).default({}),
  provisioners: z
    .array(z.object({ type: z.string(), expressions: z.record(z.string(), json).default({}) }))
    .default([]),
});
const RESOURCES = z.array(RESOURCE);
type ConfiguredResource = z.infer<typeof RESOURCE>;

/** Data sources that run programs or ask servers while Terraform plans. */
const FOREIGN_DATA: ReadonlySet<string> = new Set(['external', 'http']);

/** Lists provisioners that this plan can run, and data sources that depend on foreign programs or servers. */
export function unpredictableParts(plan: TerraformPlan): readonly Unpredictable[] {
  const touched = touchedAddresses(plan);
  const root = member(member(plan.document, 'configuration'), 'root_module');
  return configuredResources(root, '').flatMap(({ prefix, resource }) => {
    const address = `${prefix}${resource.address}`;
    if (resource.mode === 'data' && FOREIGN_DATA.has(resource.type)) {
      return [{ address, what: resource.type, text: describe(resource.expressions) }];
    }
    if (!touched.has(address)) return [];
    return resource.provisioners.map(({ type, expressions }) => ({ address, what: type, text: describe(expressions) }));
  });
}

/** Configuration addresses, without instance keys, of objects that this plan creates or destroys: those run provisioners. */
function touchedAddresses(plan: TerraformPlan): ReadonlySet<string> {
  const runs = (actions: readonly string[]): boolean => actions.includes('create') || actions.includes('delete');
  return new Set(plan.changes.filter(({ actions }) => runs(actions)).map(({ address }) => withoutKeys(address)));
}

/** An address without its instance keys: a key is a number, or a quoted string in which `"` and `\` are escaped. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

type Located = { readonly prefix: string; readonly resource: ConfiguredResource };

function configuredResources(module: Json, prefix: string): readonly Located[] {
  const here = RESOURCES.safeParse(member(module, 'resources')).data ?? [];
  const calls = member(module, 'module_calls');
  const below = Object.entries(isObject(calls) ? calls : {}).flatMap(([name, call]) =>
    configuredResources(member(call ?? null, 'module'), `${prefix}module.${name}.`),
  );
  return [...here.map((resource) => ({ prefix, resource })), ...below];
}

/** Writes expressions as far as the plan knows them; what is computed names its references. */
function describe(expressions: JsonObject): string {
  return Object.keys(expressions)
    .sort()
    .map((name) => `${name} = ${expressionText(expressions[name] ?? null)}`)
    .join('\n');
}

function expressionText(expression: Json): string {
  if (Array.isArray(expression)) return `[${expression.map(expressionText).join(', ')}]`;
  if (!isObject(expression)) return JSON.stringify(expression);
  const constant = expression['constant_value'];
  if (constant !== undefined) return typeof constant === 'string' ? constant : JSON.stringify(constant);
  const references = expression['references'];
  if (Array.isArray(references)) return `(computed from ${references.join(', ')}; read it in the configuration)`;
  const members = Object.entries(expression).map(([name, child]) => `${name} = ${expressionText(child ?? null)}`);
  return members.length === 0 ? '(computed; read it in the configuration)' : `{ ${members.join(', ')} }`;
}

function member(value: Json, name: string): Json {
  return isObject(value) ? (value[name] ?? null) : null;
}
