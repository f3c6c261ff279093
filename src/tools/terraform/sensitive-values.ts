/**
 * Finds every value that Terraform knows to be secret. `show -json` prints them all in the clear, in three places: variables,
 * changes, and the configuration's defaults; prior state and outputs repeat them.
 */

import { z } from 'zod';
import type { Json, JsonObject } from '../../kernel/index.ts';
import type { TerraformPlan } from './read-plan.ts';
import { hclText } from './read-state.ts';

/** Texts shorter than this are not masked in running text: they would shred it and are no secrets. */
const SHORTEST_SECRET = 4;

const json: z.ZodType<Json> = z.json();
const CONFIGURATION = z.object({
  configuration: z.object({
    root_module: z.object({
      variables: z
        .record(z.string(), z.object({ sensitive: z.boolean().default(false), default: json.optional() }))
        .default({}),
    }),
  }),
  variables: z.record(z.string(), z.object({ value: json.optional() })).default({}),
});

const OUTPUTS = z.record(z.string(), z.object({ sensitive: z.boolean().default(false), value: json.optional() }));
const RESOURCES = z.array(z.object({ values: json.default(null), sensitive_values: json.default(false) }));

/**
 * Collects the secret values of a plan, longest first, so that masking one never leaves a piece of another.
 *
 * @returns texts of 4 characters and more, also as they look inside JSON and HCL strings and line by line
 */
export function sensitiveValues(plan: TerraformPlan): readonly string[] {
  const found: Json[] = [...variableSecrets(plan.document)];
  for (const change of [...plan.changes, ...plan.drifted]) {
    found.push(...leavesUnder(change.before, change.beforeSensitive));
    found.push(...leavesUnder(change.after, change.afterSensitive));
  }
  for (const output of plan.outputs) {
    if (output.isSensitive) found.push(...leavesUnder(output.before, true), ...leavesUnder(output.after, true));
  }
  found.push(...markedValues(plan.document));
  return secretTexts(found);
}

/** Spells secret values in every way that a tool may print them. @returns each spelling once, longest first */
export function secretTexts(values: readonly Json[]): readonly string[] {
  const texts = new Set<string>();
  for (const value of values) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    for (const spelling of spellings(String(value))) {
      if (spelling.trim().length >= SHORTEST_SECRET) texts.add(spelling);
    }
  }
  return [...texts].sort((left, right) => right.length - left.length || (left < right ? -1 : 1));
}

function spellings(text: string): readonly string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  // Go's encoder also escapes what could end an HTML script.
  const inGoJson = inJson.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  const inHcl = hclText(text).slice(1, -1);
  const lines = text.includes('\n') ? text.split('\n').map((line) => line.trim()) : [];
  return [text, text.trim(), inJson, inGoJson, inHcl, ...lines];
}

function variableSecrets(document: JsonObject): readonly Json[] {
  const parsed = CONFIGURATION.safeParse(document);
  if (parsed.data === undefined) return [];
  const { variables: values, configuration } = parsed.data;
  return Object.entries(configuration.root_module.variables).flatMap(([name, variable]) =>
    variable.sensitive
      ? [...leavesUnder(variable.default ?? null, true), ...leavesUnder(values[name]?.value ?? null, true)]
      : [],
  );
}

/** Walks planned values and prior state, whose outputs and resources carry masks of their own. */
function markedValues(node: Json): readonly Json[] {
  if (Array.isArray(node)) return node.flatMap(markedValues);
  if (!isObject(node)) return [];
  const outputs = OUTPUTS.safeParse(node['outputs']).data ?? {};
  const resources = RESOURCES.safeParse(node['resources']).data ?? [];
  return [
    ...Object.values(outputs).flatMap((output) => (output.sensitive ? leavesUnder(output.value ?? null, true) : [])),
    ...resources.flatMap((resource) => leavesUnder(resource.values, resource.sensitive_values)),
    ...Object.values(node).flatMap((child) => markedValues(child ?? null)),
  ];
}

/** The scalar values that a mask covers: `true` covers everything below it. */
function leavesUnder(value: Json, mask: Json): readonly Json[] {
  if (mask === false || mask === null) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => leavesUnder(item, Array.isArray(mask) ? (mask[index] ?? false) : mask));
  }
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, child]) =>
      leavesUnder(child ?? null, isObject(mask) ? (mask[name] ?? false) : mask),
    );
  }
  return mask === true ? [value] : [];
}

/** Tells a JSON object from every other JSON value. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One member of an object; `null` where there is none. */
export function member(value: Json, name: string): Json {
  return isObject(value) ? (value[name] ?? null) : null;
}
