/** The habits of the house, one file at a time: sizes, names, and forms that are not used here. */

import { basename } from 'node:path';
import ts from 'typescript';
import { type Complaint, everyNode, lineOf, type SourceFile } from './source-file.ts';

const MOST_LINES = 300;
const MOST_FUNCTION_LINES = 60;
const MOST_PARAMETERS = 4;
const BANNED_NAMES = /(^|-)(utils?|helpers?|common|managers?|services?|misc|data|info)(-|\.|$)/;
const BANNED_ENDINGS = /(Utils?|Helpers?|Manager|Service)$/;

/** Says why a file may be longer: a comment that holds these words. */
const REASON_FOR_LENGTH = /Longer than 300 lines because \S+/;

/** Complains about every habit that a file breaks. */
export function brokenHabits(file: SourceFile): readonly Complaint[] {
  const complaints: Complaint[] = [...ofTheWhole(file)];
  everyNode(file.tree, (node) => {
    for (const found of [...ofFunctions(file, node), ...ofForms(file, node), ...ofNames(file, node)]) {
      complaints.push({ ...found, line: lineOf(file, node) });
    }
  });
  return complaints;
}

type Found = { readonly rule: string; readonly what: string };

function ofTheWhole(file: SourceFile): readonly Complaint[] {
  const lines = lineCount(file.text);
  const name = basename(file.path);
  const found: Complaint[] = [];
  if (lines > MOST_LINES && !REASON_FOR_LENGTH.test(file.text)) {
    found.push({ rule: 'file-length', line: lines, what: `${lines} lines, at most ${MOST_LINES}` });
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.internal)?(\.test)?\.ts$/.test(name) || BANNED_NAMES.test(name)) {
    found.push({ rule: 'file-name', line: 1, what: `${name} does not say the one thing it is` });
  }
  if (!/^(#!.*\n)?\/\*\*? ?/.test(file.text)) {
    found.push({ rule: 'first-comment', line: 1, what: 'does not start by saying why it exists' });
  }
  return found;
}

/** Lines of a text; the newline at its end starts none. */
export function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** The length of a function in lines; `undefined` for anything else. */
export function functionLines(file: SourceFile, node: ts.Node): number | undefined {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return undefined;
  return file.tree.getLineAndCharacterOfPosition(node.end).line + 2 - lineOf(file, node);
}

function ofFunctions(file: SourceFile, node: ts.Node): readonly Found[] {
  const lines = functionLines(file, node);
  if (lines === undefined || !ts.isFunctionLike(node)) return [];
  const found: Found[] = [];
  if (lines > MOST_FUNCTION_LINES) found.push({ rule: 'function-length', what: `${lines} lines` });
  if (node.parameters.length > MOST_PARAMETERS) {
    found.push({ rule: 'parameters', what: `${node.parameters.length} parameters` });
  }
  if (node.parameters.some((parameter) => (ts.getModifiers(parameter) ?? []).length > 0)) {
    found.push({ rule: 'parameter-property', what: 'a parameter is no member' });
  }
  return found;
}

function ofForms(file: SourceFile, node: ts.Node): readonly Found[] {
  const found = (rule: string, what: string): readonly Found[] => [{ rule, what }];
  if (node.kind === ts.SyntaxKind.AnyKeyword) return found('any', 'any');
  if (ts.isNonNullExpression(node)) return found('non-null', node.getText(file.tree));
  if (ts.isEnumDeclaration(node)) return found('enum', node.name.text);
  if (ts.isModuleDeclaration(node)) return found('namespace', node.getText(file.tree).slice(0, 40));
  if (ts.isExportAssignment(node)) return found('default-export', 'export default');
  if (ts.isExportDeclaration(node) && node.exportClause === undefined) return found('export-star', 'export *');
  if (hasModifier(node, ts.SyntaxKind.DefaultKeyword)) return found('default-export', 'export default');
  if (isCast(node) && !isExplained(file, node)) return found('cast', node.getText(file.tree).slice(0, 60));
  if (ts.isThrowStatement(node) && isPlainError(node.expression)) return found('plain-error', 'throw a Failure');
  if (ts.isCatchClause(node) && node.block.statements.length === 0) return found('empty-catch', 'swallows');
  if (/^\s*(\/\/|\/\*)\s*@ts-/m.test(leadingText(file, node))) return found('ts-comment', '@ts- comment');
  return [];
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}

function isCast(node: ts.Node): node is ts.AsExpression | ts.TypeAssertion {
  if (ts.isTypeAssertionExpression(node)) return true;
  return ts.isAsExpression(node) && node.type.getText() !== 'const';
}

/** A comment ends on the line before the cast, or before the statement that holds it. */
function isExplained(file: SourceFile, cast: ts.Node): boolean {
  const lines = file.text.split('\n');
  const isComment = (line: number): boolean => /^\s*(\/\/|\*|\/\*)|\*\/\s*$/.test(lines[line - 2] ?? '');
  let holder: ts.Node = cast;
  while (!ts.isStatement(holder) && !ts.isSourceFile(holder) && !ts.isClassElement(holder)) holder = holder.parent;
  const asLine = file.tree.getLineAndCharacterOfPosition(cast.end).line + 1;
  return isComment(lineOf(file, cast)) || isComment(lineOf(file, holder)) || isComment(asLine);
}

function isPlainError(thrown: ts.Expression): boolean {
  return ts.isNewExpression(thrown) && /^(Type|Range|Syntax)?Error$/.test(thrown.expression.getText());
}

function leadingText(file: SourceFile, node: ts.Node): string {
  return ts.isStatement(node) ? file.text.slice(node.getFullStart(), node.getStart(file.tree)) : '';
}

function ofNames(file: SourceFile, node: ts.Node): readonly Found[] {
  if (ts.isInterfaceDeclaration(node) && /^I[A-Z][a-z]/.test(node.name.text)) {
    return [{ rule: 'banned-name', what: node.name.text }];
  }
  if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return [];
  const found: Found[] = [];
  if (BANNED_ENDINGS.test(node.text) && isExported(node)) found.push({ rule: 'banned-name', what: node.text });
  if (/success/i.test(node.text) && !isForeignMember(node)) found.push({ rule: 'banned-word', what: node.text });
  if (/success/i.test(literalOf(node))) found.push({ rule: 'banned-word', what: literalOf(node) });
  return found.map((one) => ({ ...one, what: `${one.what} in ${basename(file.path)}` }));
}

function isExported(node: ts.Node): boolean {
  const { parent } = node;
  const declaration = ts.isVariableDeclaration(parent) ? parent.parent.parent : parent;
  return hasModifier(declaration, ts.SyntaxKind.ExportKeyword);
}

/** A member that a library named so, where it is read: `parsed.success`. */
function isForeignMember(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
}

/** The text of a literal type or a discriminant next to this name: `kind: 'success'`. */
function literalOf(node: ts.Node): string {
  const { parent } = node;
  if (ts.isPropertySignature(parent) && parent.type !== undefined && ts.isLiteralTypeNode(parent.type)) {
    return parent.type.literal.getText();
  }
  const isKind = ts.isPropertyAssignment(parent) && parent.name === node && ts.isStringLiteral(parent.initializer);
  return isKind && ts.isStringLiteral(parent.initializer) && node.getText() === 'kind' ? parent.initializer.text : '';
}
