/** YAML whose every value knows its place, so that a complaint about a check can name its line and column. */

import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { canonicalJson, Failure, visibleLine } from '../../kernel/index.ts';

/** Names and indexes from the root. */
export type YamlPath = readonly PropertyKey[];

/** `file:line:column` of a path: of the key where it is a member, of the nearest parent where it is missing. */
export type Locate = (path: YamlPath) => string;

const MOST_CHARACTERS = 256 * 1024;

/** Parses one document without aliases. @throws Failure `CONFIG_INVALID` with line and column */
export function readLocatedYaml(text: string, file: string): { readonly value: unknown; readonly locate: Locate } {
  const shown = visibleLine(file);
  if (text.length > MOST_CHARACTERS)
    throw invalidChecks('it is larger than 256 KiB', `${shown}:1:1`, 'keep the checks only');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${shown}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const said = (problem.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    throw invalidChecks(`it is not YAML: ${visibleLine(said)}`, at(problem.pos[0]), 'correct the line', problem);
  }
  return { value: plain(document, at), locate: (path) => at(offsetOf(document.contents, path)) };
}

function plain(document: ReturnType<typeof parseDocument>, at: (offset: number) => string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    canonicalJson(z.json().parse(value));
    return value;
  } catch (cause) {
    throw invalidChecks('it holds an alias, or a value that JSON can not carry', at(0), 'write every value out', cause);
  }
}

function offsetOf(root: unknown, path: YamlPath): number {
  let node: unknown = root;
  let offset = startOf(root) ?? 0;
  for (const step of path) {
    const [key, value] = isMap(node) ? memberOf(node, step) : [undefined, itemOf(node, step)];
    offset = startOf(key) ?? startOf(value) ?? offset;
    node = value;
  }
  return offset;
}

function memberOf(
  map: { readonly items: readonly { readonly key: unknown; readonly value: unknown }[] },
  step: PropertyKey,
): readonly [unknown, unknown] {
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === step);
  return [pair?.key, pair?.value];
}

function itemOf(node: unknown, step: PropertyKey): unknown {
  return isNode(node) && 'items' in node && Array.isArray(node.items) ? node.items[Number(step)] : undefined;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Makes the one error that every complaint about a check becomes. */
export function invalidChecks(message: string, where: string, hint: string, cause?: unknown): Failure {
  return new Failure('CONFIG_INVALID', message, { where, hint, cause });
}
