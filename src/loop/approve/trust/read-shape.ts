/** Holds a located document against a schema, and turns what does not fit into one complaint that a person can act on. */

import { z } from 'zod';
import { type Json, visibleLine } from '../../../kernel/index.ts';
import { invalid, type LocatedYaml, type YamlPath } from './located-yaml.ts';
import { nearMiss } from './near-miss.ts';

/**
 * Reads a document by a schema.
 *
 * @returns the document as the schema types it
 * @throws Failure `CONFIG_INVALID` for the complaint that comes first in the text, and how many more there are
 */
export function readShape<Shape extends z.ZodType>(yaml: LocatedYaml, schema: Shape): z.output<Shape> {
  const read = schema.safeParse(yaml.data);
  if (read.error === undefined) return read.data;
  const { issues } = read.error;
  const complaints = issues
    .filter((issue) => isRoot(issue, issues))
    .flatMap((issue) => complain(issue, schema, yaml.data));
  const [first, ...more] = complaints.sort((left, right) => yaml.offsetOf(left.path) - yaml.offsetOf(right.path));
  const count = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw invalid(
    `${first?.message ?? 'it does not have the expected shape'}${count}`,
    yaml.where(first?.path ?? []),
    first?.hint ?? 'see the schema in docs/schemas',
    read.error,
  );
}

// "Must demand something" is no news where the something is misspelt just below.
function isRoot(issue: z.core.$ZodIssue, all: readonly z.core.$ZodIssue[]): boolean {
  const isBelow = (other: z.core.$ZodIssue): boolean =>
    other.code !== 'custom' && issue.path.every((step, index) => other.path[index] === step);
  return issue.code !== 'custom' || !all.some(isBelow);
}

type Complaint = { readonly path: YamlPath; readonly message: string; readonly hint: string };

function complain(issue: z.core.$ZodIssue, schema: z.ZodType, data: Json): readonly Complaint[] {
  const name = pathName(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) => {
      const meant = nearMiss(key, known);
      const hint = meant === undefined ? `known here are ${known.join(', ')}` : `did you mean \`${meant}\`?`;
      return { path: [...issue.path, key], message: `${pathName([...issue.path, key])} is not a known field`, hint };
    });
  }
  if (valueAt(data, issue.path) === undefined) {
    return [{ path: issue.path, message: `${name} is missing`, hint: `add \`${String(issue.path.at(-1) ?? '')}\`` }];
  }
  if (issue.code === 'invalid_key') {
    return [
      {
        path: issue.path,
        message: `${name}: ${issue.issues[0]?.message ?? 'is not a valid name'}`,
        hint: 'choose another name',
      },
    ];
  }
  return [{ path: issue.path, message: `${name}: ${issue.message}`, hint: 'see the schema in docs/schemas' }];
}

function valueAt(data: Json | undefined, path: YamlPath): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return data;
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, step)) return undefined;
  return valueAt(Object.entries(data).find(([name]) => name === String(step))?.[1], rest);
}

/** Writes a path as people do: `targets.shop.checks[0].kind`. */
export function pathName(path: YamlPath): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text === '' ? 'the document' : visibleLine(text.replace(/^\./, ''));
}

function knownKeys(schema: unknown, path: YamlPath): readonly string[] {
  let here: unknown = unwrap(schema);
  for (const step of path) {
    if (here instanceof z.ZodObject) here = unwrap(here.shape[String(step)]);
    else if (here instanceof z.ZodArray) here = unwrap(here.element);
    else if (here instanceof z.ZodRecord) here = unwrap(here.valueType);
    else return [];
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema;
}
