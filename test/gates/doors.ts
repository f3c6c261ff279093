/** Reads doors: what `index.ts` of a part lets out, and whether each name says what it claims. */

import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { Complaint, SourceFile } from './source-file.ts';

/** Most values that a door lets out; types are exempt. */
const MOST_VALUES = 15;

/** Doors that may let out more, and why. */
const WIDER: Readonly<Record<string, { readonly most: number; readonly why: string }>> = {
  'src/kernel/index.ts': {
    most: 33,
    why: 'the shared vocabulary of every other part: words and laws, no behaviour of one part',
  },
  'src/record/index.ts': {
    most: 16,
    why: 'the mask belongs to what is recorded, and runner and check workers mask with the very same: their own ones were weaker',
  },
  'src/adapters/index.ts': {
    most: 40,
    why: 'one value an adapter, and only compose reads it: a narrower door would hide which contacts with the machine there are',
  },
};

/** What a door lets out. */
export type Door = { readonly values: readonly string[]; readonly types: readonly string[] };

/** Lists what a door lets out. */
export function doorOf(file: SourceFile): Door {
  const values: string[] = [];
  const types: string[] = [];
  for (const { name, isType } of exportsOf(file)) (isType ? types : values).push(name);
  return { values, types };
}

type Export = { readonly name: string; readonly from: string; readonly isType: boolean };

function exportsOf(file: SourceFile): readonly Export[] {
  return file.tree.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) return [];
    if (!ts.isNamedExports(statement.exportClause) || statement.moduleSpecifier === undefined) return [];
    const from = ts.isStringLiteral(statement.moduleSpecifier) ? statement.moduleSpecifier.text : '';
    return statement.exportClause.elements.map((element) => ({
      name: (element.propertyName ?? element.name).text,
      from,
      isType: statement.isTypeOnly || element.isTypeOnly,
    }));
  });
}

/**
 * Complains about a door that lets out too much, that holds code, or whose names say nothing.
 *
 * @param read  reads a file of the repository by its path; `undefined` when there is none
 */
export function doorComplaints(file: SourceFile, read: (path: string) => SourceFile | undefined): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const { values } = doorOf(file);
  const most = WIDER[file.path]?.most ?? MOST_VALUES;
  if (values.length > most) {
    complaints.push({ rule: 'door-width', line: 1, what: `${values.length} values, at most ${most}` });
  }
  for (const statement of file.tree.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) continue;
    complaints.push({ rule: 'door-holds-code', line: 1, what: statement.getText(file.tree).slice(0, 60) });
  }
  for (const one of exportsOf(file)) {
    const home = read(join(dirname(file.path), one.from));
    if (home === undefined || !isDocumented(home, one.name)) {
      complaints.push({ rule: 'door-docblock', line: 1, what: `${one.name} of ${one.from} has no docblock` });
    }
  }
  return complaints;
}

function isDocumented(home: SourceFile, name: string): boolean {
  return home.tree.statements.some((statement) => {
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map((declaration) => declaration.name.getText(home.tree))
      : [declaredName(statement)];
    const text = home.text.slice(statement.getFullStart(), statement.getStart(home.tree));
    return names.includes(name) && /\/\*\*\s+\S[\s\S]{10,}\*\/\s*$/.test(text);
  });
}

function declaredName(statement: ts.Statement): string | undefined {
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed ? statement.name?.text : undefined;
}

/** The folders that must have a door: every part directly below `src/`, or below a group. */
export function partsOf(paths: readonly string[]): readonly string[] {
  const parts = paths.flatMap((path) => {
    const part = /^src\/(?:(?:loop|guard|work)\/[^/]+|(?!loop|guard|work|surfaces|compose)[^/]+)(?=\/)/.exec(path);
    return part === null ? [] : [part[0]];
  });
  return [...new Set(parts)];
}
