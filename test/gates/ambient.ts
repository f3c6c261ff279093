/** Finds what reaches the world without an import: the clock, randomness, the network, timers, the process. */

import ts from 'typescript';
import { type Complaint, everyNode, lineOf, type SourceFile } from './source-file.ts';

/** Globals that reach the world by their bare name. */
const GLOBALS: ReadonlySet<string> = new Set([
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'WebSocket',
  'EventSource',
  'XMLHttpRequest',
  'performance',
  'process',
  'globalThis',
  'console',
  'require',
]);

/** Members that reach the world, whoever their owner is called. */
const MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Date', new Set(['now'])],
  ['Math', new Set(['random'])],
  ['AbortSignal', new Set(['timeout'])],
]);

/** Randomness of `node:crypto`, however it was imported. */
const RANDOM: ReadonlySet<string> = new Set([
  'randomBytes',
  'randomUUID',
  'randomInt',
  'randomFill',
  'randomFillSync',
  'getRandomValues',
  'generateKeyPair',
  'generateKeyPairSync',
  'generateKey',
  'generateKeySync',
]);

/** Complains about every use of the ambient world. */
export function ambientUses(file: SourceFile): readonly Complaint[] {
  const complaints: Complaint[] = [];
  everyNode(file.tree, (node) => {
    const what = ambientUse(node);
    if (what !== undefined) complaints.push({ rule: 'ambient', line: lineOf(file, node), what });
  });
  return complaints;
}

function ambientUse(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const owner = node.expression.text;
    return MEMBERS.get(owner)?.has(node.name.text) ? `${owner}.${node.name.text}` : undefined;
  }
  if (ts.isNewExpression(node) || ts.isCallExpression(node))
    return readsClock(node) ? 'Date reads the clock' : undefined;
  if (!ts.isIdentifier(node)) return undefined;
  if (RANDOM.has(node.text) && !isDeclaredName(node)) return node.text;
  return GLOBALS.has(node.text) && isFreeUse(node) ? node.text : undefined;
}

function readsClock(node: ts.NewExpression | ts.CallExpression): boolean {
  return isNamed(node.expression, 'Date') && (ts.isCallExpression(node) || (node.arguments ?? []).length === 0);
}

function isNamed(expression: ts.Expression, name: string): boolean {
  return ts.isIdentifier(expression) && expression.text === name;
}

/** A name that is read from outside: not a member, a property, a type, or something declared in this file. */
function isFreeUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return false;
  return !isDeclaredName(node) && !isDeclaredIn(node.getSourceFile(), node.text);
}

function isDeclaredName(node: ts.Identifier): boolean {
  const { parent } = node;
  const isName = 'name' in parent && parent.name === node;
  return isName && !ts.isPropertyAccessExpression(parent) && !ts.isImportSpecifier(parent);
}

function isDeclaredIn(file: ts.SourceFile, name: string): boolean {
  let isFound = false;
  everyNode(file, (node) => {
    const isBinding = ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node);
    if ((isBinding || ts.isBindingElement(node) || ts.isImportSpecifier(node)) && node.name?.getText(file) === name) {
      isFound = true;
    }
  });
  return isFound;
}
