/** Reads the titles of a test file with the TypeScript compiler: which requirements it cites, and which tests cite none. */

import ts from 'typescript';

/** What one file of `test/` says. */
export type Citations = {
  /** Ids cited by titles, each once. */
  readonly ids: readonly string[];
  /** How many tests have a title of their own here. */
  readonly tests: number;
  /** Tests without a citation, and forms that would hide one, as `line: what`. */
  readonly complaints: readonly string[];
};

const CITING = /^\[([A-Z][A-Z0-9]*(?:-\d+)?(?:, [A-Z][A-Z0-9]*(?:-\d+)?)*)\] \S/;
const TESTERS: ReadonlySet<string> = new Set(['test', 'it']);
const MODIFIERS: ReadonlySet<string> = new Set(['each', 'for', 'skipIf', 'runIf', 'extend', 'scoped']);
const BANNED: ReadonlySet<string> = new Set(['only', 'todo', 'fails']);

/**
 * Finds every title in a source text.
 *
 * A title is the first argument of `test`, of what `needs(…)` or `test.skipIf(…)` gave, of `test.each(…)`; or of any other
 * function, when it starts like a citation: so suites that wrap `test` are read at the place where they are called.
 */
export function citedTitles(name: string, source: string): Citations {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const testers = namesOfTesters(file);
  const ids = new Set<string>();
  const complaints: string[] = [];
  let tests = 0;
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node)) return;
    const cited = CITING.exec(titleOf(node) ?? '')?.[1]?.split(', ');
    if (cited !== undefined) tests += 1;
    for (const id of cited ?? []) ids.add(id);
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    for (const what of complaintsOf(node, testers, cited !== undefined)) complaints.push(`${line}: ${what}`);
  };
  visit(file);
  return { ids: [...ids], tests, complaints };
}

function complaintsOf(call: ts.CallExpression, testers: ReadonlySet<string>, isCiting: boolean): readonly string[] {
  const banned = bannedForm(call.expression, testers);
  const isTest = isTester(call.expression, testers) && !isModifier(call.expression);
  const title = titleOf(call);
  return [
    ...(banned === undefined ? [] : [`.${banned} hides tests`]),
    ...(isTest && !isCiting && title !== undefined ? [`the test "${title}" cites no requirement`] : []),
    ...(isTest && title === undefined && !isTitleParameter(call)
      ? ['the title of this test can not be read here']
      : []),
  ];
}

/** `test`, `it`, and every constant that holds what `needs(…)` or a modifier of a tester gave. */
function namesOfTesters(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set(TESTERS);
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) {
      if (isTester(node.initializer, names)) names.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

function isTester(expression: ts.Expression, names: ReadonlySet<string>): boolean {
  if (ts.isIdentifier(expression)) return names.has(expression.text);
  if (ts.isPropertyAccessExpression(expression)) return isTester(expression.expression, names);
  if (ts.isConditionalExpression(expression)) return isTester(expression.whenTrue, names);
  if (!ts.isCallExpression(expression)) return false;
  const callee = expression.expression;
  if (ts.isIdentifier(callee)) return callee.text === 'needs';
  return isTester(callee, names) && isModifier(callee);
}

function isModifier(expression: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(expression) && MODIFIERS.has(expression.name.text);
}

function bannedForm(expression: ts.Expression, names: ReadonlySet<string>): string | undefined {
  if (!ts.isPropertyAccessExpression(expression) || !BANNED.has(expression.name.text)) return undefined;
  const owner = expression.expression;
  const isOfTests = isTester(owner, names) || (ts.isIdentifier(owner) && owner.text === 'describe');
  return isOfTests ? expression.name.text : undefined;
}

function titleOf(call: ts.CallExpression): string | undefined {
  const [first] = call.arguments;
  if (first === undefined) return undefined;
  if (ts.isStringLiteral(first) || ts.isNoSubstitutionTemplateLiteral(first)) return first.text;
  if (ts.isTemplateExpression(first)) return `${first.head.text}…`;
  return undefined;
}

/** A wrapper may hand its own parameter on: its callers write the title. */
function isTitleParameter(call: ts.CallExpression): boolean {
  const [first] = call.arguments;
  if (first === undefined || !ts.isIdentifier(first)) return false;
  for (let node: ts.Node = call; !ts.isSourceFile(node); node = node.parent) {
    if (!ts.isFunctionLike(node)) continue;
    if (node.parameters.some((parameter) => parameter.name.getText() === first.text)) return true;
  }
  return false;
}
