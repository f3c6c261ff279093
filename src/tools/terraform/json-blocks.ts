/** Reads resources, variables and modules of a Terraform file in JSON syntax, as the same blocks that the native syntax has. */

import { z } from 'zod';
import type { Json, JsonObject } from '../../kernel/index.ts';
import type { HclBlock } from './hcl-blocks.ts';
import { isObject } from './sensitive-values.ts';

const json: z.ZodType<Json> = z.json();
/** Names of members among them. */
const TEXT = /"(?:[^"\\]|\\.)*"/g;

/**
 * Reads resources, `removed` blocks and variables; everything else is left out.
 *
 * @returns `undefined` when it is no JSON object, or names a member twice: Terraform takes both, and a JSON parser the last one
 */
export function jsonBlocks(text: string): readonly HclBlock[] | undefined {
  const parsed = parseJson(text);
  const document = json.safeParse(parsed).data;
  if (!isObject(document) || countTexts(text) !== countTexts(JSON.stringify(parsed))) return undefined;
  const resources = members(document['resource']).flatMap(([type, named]) =>
    members(named).flatMap(([name, body]) => bodies(body).map((one) => toBlock('resource', [type, name], one))),
  );
  const variables = members(document['variable']).flatMap(([name, body]) =>
    bodies(body).map((one) => toBlock('variable', [name], one)),
  );
  return [...resources, ...bodies(document['removed']).map((one) => toBlock('removed', [], one)), ...variables];
}

/** Where a file's modules come from, as it says. What Terraform itself can't read has none. */
export function jsonModuleSources(text: string): readonly string[] {
  return bodies(json.safeParse(parseJson(text)).data)
    .flatMap((document) => members(document['module']))
    .flatMap(([, body]) => bodies(body))
    .flatMap(({ source }) => (typeof source === 'string' ? [source] : []));
}

function toBlock(type: string, labels: readonly string[], body: JsonObject): HclBlock {
  const nested = [
    ...members(body['provisioner']).flatMap(([kind, one]) =>
      bodies(one).map((inner) => toBlock('provisioner', [kind], inner)),
    ),
    ...bodies(body['connection']).map((one) => toBlock('connection', [], one)),
  ];
  const settings = Object.entries(body).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [[name, JSON.stringify(value)] as const],
  );
  return { type, labels, settings: new Map(settings), blocks: nested };
}

/** The syntax allows one object, or several in a list, wherever a block may stand. */
function bodies(value: Json | undefined): readonly JsonObject[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

function members(value: Json | undefined): readonly (readonly [string, Json])[] {
  return bodies(value).flatMap((one) => Object.entries(one).map(([name, child]) => [name, child ?? null] as const));
}

function countTexts(text: string): number {
  return [...text.matchAll(TEXT)].length;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
