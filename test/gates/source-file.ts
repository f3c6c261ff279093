/** A source file as the gates of the house read it. */

import ts from 'typescript';

export type Complaint = { readonly rule: string; readonly line: number; readonly what: string };

export type SourceFile = { readonly path: string; readonly text: string; readonly tree: ts.SourceFile };

/** Parses a file. `path` is relative to the repository, with `/`. */
export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Visits every node, parents first. */
export function everyNode(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => everyNode(child, visit));
}

/** The line that a node starts on, from 1. */
export function lineOf(file: SourceFile, node: ts.Node): number {
  return file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1;
}
