/** Expressions of a configuration in words, as far as Terraform's description of a plan has them. */

import type { Json, JsonObject } from '../../kernel/index.ts';
import { isObject } from './sensitive-values.ts';

/** Writes expressions as far as the plan knows them; what is computed names its references. */
export function describe(expressions: JsonObject): string {
  return Object.keys(expressions)
    .sort()
    .map((name) => `${name} = ${expressionText(expressions[name] ?? null)}`)
    .join('\n');
}

/** Writes one of them. */
export function expressionText(expression: Json): string {
  if (Array.isArray(expression)) return `[${expression.map(expressionText).join(', ')}]`;
  if (!isObject(expression)) return JSON.stringify(expression);
  const constant = expression['constant_value'];
  if (constant !== undefined) return typeof constant === 'string' ? constant : JSON.stringify(constant);
  const references = expression['references'];
  if (Array.isArray(references)) return `(computed from ${references.join(', ')}; read it in the configuration)`;
  const members = Object.entries(expression).map(([name, child]) => `${name} = ${expressionText(child ?? null)}`);
  return members.length === 0 ? '(computed; read it in the configuration)' : `{ ${members.join(', ')} }`;
}
