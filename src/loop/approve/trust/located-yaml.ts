/** YAML whose every value knows its place, so that each complaint and each rule can name file, line and column. */

import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { Failure, type Json, visibleLine } from '../../../kernel/index.ts';

/** A path into a document: names and indexes from the root. */
export type YamlPath = readonly PropertyKey[];

/** A parsed document. */
export type LocatedYaml = {
  readonly data: Json;
  /** `file:line:column` of a path: of the key where it is a member, of the value itself otherwise; of the nearest parent where it is missing. */
  readonly where: (path: YamlPath) => string;
  /** `file:line:column` of a character within a one-line text value; of the value's start where the text spans lines. */
  readonly whereWithin: (path: YamlPath, offset: number) => string;
  /** Position in the text, to order complaints by. */
  readonly offsetOf: (path: YamlPath) => number;
};

const MOST_CHARACTERS = 256 * 1024;
// Beyond this the recursion of the schemas could overflow the stack.
const MOST_DEPTH = 64;

/**
 * Parses YAML 1.2 without aliases, tags, duplicate keys or several documents: what a person reads is all there is.
 *
 * @param file  the path to show in complaints
 * @throws Failure `CONFIG_INVALID` with file, line and column
 */
export function readYaml(text: string, file: string): LocatedYaml {
  const shown = visibleLine(file);
  if (text.length > MOST_CHARACTERS) {
    throw invalid('it is larger than 256 KiB', `${shown}:1:1`, 'split off what does not belong here');
  }
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${shown}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const document = parseStrictly(text, lines, at);
  refuseIndirection(document, at);
  const data = toJson(document.toJS({ maxAliasCount: 0 }), at, 0);
  const root = document.contents;
  const offsetOf = (path: YamlPath): number => offsetIn(root, path);
  return {
    data,
    where: (path) => at(offsetOf(path)),
    whereWithin: (path, offset) => at(offsetWithin(document.getIn([...path], true), offset) ?? offsetOf(path)),
    offsetOf,
  };
}

type Located = (offset: number) => string;

function parseStrictly(text: string, lines: LineCounter, at: Located): ReturnType<typeof parseDocument<Node>> {
  const document = parseDocument<Node>(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem === undefined) return document;
  const said = visibleLine((problem.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''));
  throw invalid(`it is not the YAML that is read here: ${said}`, at(problem.pos[0]), 'correct the line', problem);
}

function refuseIndirection(document: ReturnType<typeof parseDocument<Node>>, at: Located): void {
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node))
        throw invalid('it uses an alias (`*`)', at(offset), 'write the value out, so that people can read it');
      if ('anchor' in node && node.anchor !== undefined) {
        throw invalid('it uses an anchor (`&`)', at(offset), 'write the value out, so that people can read it');
      }
      if (node.tag !== undefined) throw invalid('it uses a tag (`!`)', at(offset), 'remove the tag');
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && typeof pair.key.value === 'string') return;
      const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
      throw invalid('it has a key that is not text', at(offset), 'put the key into quotes');
    },
  });
}

function toJson(value: unknown, at: Located, depth: number): Json {
  if (depth > MOST_DEPTH) throw invalid('it is nested too deeply', at(0), `${MOST_DEPTH} levels are enough for people`);
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string' && value.isWellFormed()) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => toJson(item, at, depth + 1));
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [toText(name, at), toJson(member, at, depth + 1)]),
    );
  }
  throw invalid(
    'it has a value that JSON can not carry',
    at(0),
    'use texts, whole numbers, true, false, lists and maps',
  );
}

function toText(name: string, at: Located): string {
  if (name.isWellFormed()) return name;
  throw invalid('it has a key with half a character', at(0), 'correct the key');
}

function offsetIn(root: Node | null, path: YamlPath): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const name of path) {
    const found = stepInto(node, name);
    if (found === undefined) return offset;
    offset = found.offset ?? offset;
    node = found.node;
  }
  return offset;
}

type Step = { readonly node: unknown; readonly offset: number | undefined };

function stepInto(node: unknown, name: PropertyKey): Step | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === String(name));
    return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) };
  }
  const item = isSeq(node) ? node.items[Number(name)] : undefined;
  return item === undefined ? undefined : { node: item, offset: startOf(item) };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function offsetWithin(node: unknown, offset: number): number | undefined {
  if (!isScalar(node) || !node.range || typeof node.value !== 'string' || node.value.includes('\n')) return undefined;
  if (node.type === 'PLAIN') return node.range[0] + offset;
  const isQuoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE';
  const isVerbatim = node.range[1] - node.range[0] === node.value.length + 2;
  return isQuoted && isVerbatim ? node.range[0] + 1 + offset : undefined;
}

/** Makes the one error that every complaint about a configuration file becomes. */
export function invalid(message: string, where: string, hint: string, cause?: unknown): Failure {
  return new Failure('CONFIG_INVALID', message, { where, hint, cause });
}
