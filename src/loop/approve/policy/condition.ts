/** CEL conditions on a change. They are typed when they are read, and when one can't be answered nobody guesses. */

import { type ASTNode, Environment, EvaluationError, type ParseResult } from '@marcbachmann/cel-js';
import { visibleLine } from '../../../kernel/index.ts';

/** Everything that a condition can ask about. Whole numbers are bigints, as CEL has them. */
export type ConditionFacts = {
  readonly preview: Readonly<Record<(typeof COUNTS)[number], bigint>> & {
    readonly resources: readonly { readonly address: string; readonly action: string }[];
    readonly addresses: readonly string[];
    readonly actions: readonly string[];
  };
  readonly target: { readonly name: string; readonly environment: string; readonly driver: string };
  readonly proposer: { readonly kind: string; readonly person: string; readonly model: string };
  readonly checks: Readonly<Record<(typeof CHECK_COUNTS)[number], bigint>>;
  readonly argv: readonly string[];
  readonly plan: Readonly<Record<(typeof PLAN_CLAIMS)[number], boolean>> & { readonly options: readonly string[] };
};

/** The answer to a condition. `unknown` means that it could not be worked out; the caller fails closed. */
export type ConditionAnswer =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  | { readonly kind: 'unknown'; readonly why: string };

/** A condition, parsed and type-checked. */
export type Condition = { readonly text: string; readonly answer: (facts: ConditionFacts) => ConditionAnswer };

/** A condition, or what is wrong with it and at which character. */
export type ConditionReading =
  | { readonly kind: 'condition'; readonly condition: Condition }
  | { readonly kind: 'wrong'; readonly why: string; readonly offset: number };

const COUNTS = ['destroys', 'replaces', 'creates', 'updates', 'runs', 'others', 'unpredictable'] as const;
const CHECK_COUNTS = ['count', 'mandated'] as const;
const PLAN_CLAIMS = ['targeted', 'replacing', 'refreshed', 'refreshOnly', 'destroying'] as const;

// A condition reads thousands of resources at most once: a macro within a macro is quadratic, `matches` and nested `cel.bind`
// can be exponential, and a repository's conditions are written by the people, or agents, that they are meant to check.
const LOOPS: readonly string[] = ['all', 'exists', 'exists_one', 'map', 'filter'];
const LIMITS = { maxAstNodes: 400, maxDepth: 24, maxListElements: 100, maxMapEntries: 0, maxCallArguments: 4 };

const counters = (names: readonly string[]): Record<string, 'int'> =>
  Object.fromEntries(names.map((name) => [name, 'int' as const]));

const ENVIRONMENT: Environment = new Environment({ limits: LIMITS })
  .registerType({ name: 'Resource', schema: { address: 'string', action: 'string' } })
  .registerType({
    name: 'Preview',
    schema: { ...counters(COUNTS), resources: 'list<Resource>', addresses: 'list<string>', actions: 'list<string>' },
  })
  .registerType({ name: 'Target', schema: { name: 'string', environment: 'string', driver: 'string' } })
  .registerType({ name: 'Proposer', schema: { kind: 'string', person: 'string', model: 'string' } })
  .registerType({ name: 'Checks', schema: counters(CHECK_COUNTS) })
  .registerType({
    name: 'Plan',
    schema: { ...Object.fromEntries(PLAN_CLAIMS.map((name) => [name, 'bool' as const])), options: 'list<string>' },
  })
  .registerVariable('preview', 'Preview')
  .registerVariable('target', 'Target')
  .registerVariable('proposer', 'Proposer')
  .registerVariable('checks', 'Checks')
  .registerVariable('plan', 'Plan')
  .registerVariable('argv', 'list<string>');

/**
 * Reads a condition.
 *
 * @param text  a CEL expression of type bool over `ConditionFacts`; at most 1 000 characters
 */
export function readCondition(text: string): ConditionReading {
  const parsed = parse(text);
  if (parsed.kind === 'wrong') return parsed;
  const { run } = parsed;
  const { valid, type, error } = run.check();
  if (!valid) return { kind: 'wrong', why: summary(error), offset: error?.range?.start ?? 0 };
  if (type !== 'bool')
    return { kind: 'wrong', why: `it gives ${type ?? 'nothing'}, and yes or no is asked`, offset: 0 };
  const risk = findRisk(run.ast, 0);
  if (risk !== undefined) return risk;
  return { kind: 'condition', condition: { text, answer: (facts) => answer(run, facts) } };
}

type Parsed = { readonly kind: 'parsed'; readonly run: ParseResult } | Extract<ConditionReading, { kind: 'wrong' }>;

function parse(text: string): Parsed {
  try {
    return { kind: 'parsed', run: ENVIRONMENT.parse(text) };
  } catch (error) {
    const range = error instanceof Error && 'range' in error ? error.range : undefined;
    const start = typeof range === 'object' && range !== null && 'start' in range ? Number(range.start) : 0;
    return { kind: 'wrong', why: summary(error), offset: Math.min(start, text.length) };
  }
}

function answer(run: ParseResult, facts: ConditionFacts): ConditionAnswer {
  try {
    const value: unknown = run(facts);
    if (typeof value === 'boolean') return { kind: value ? 'yes' : 'no' };
    return { kind: 'unknown', why: 'it gave neither yes nor no' };
  } catch (error) {
    return { kind: 'unknown', why: summary(error) };
  }
}

function findRisk(node: ASTNode, loops: number): Extract<ConditionReading, { kind: 'wrong' }> | undefined {
  if (node.op === 'rcall') {
    const [name] = node.args;
    const inside = LOOPS.includes(name) ? loops + 1 : loops;
    if (name === 'matches' || name === 'bind') {
      const why = `\`${name}\` is not offered; startsWith, endsWith, contains and == are`;
      return { kind: 'wrong', why, offset: node.start };
    }
    if (inside > 1) return { kind: 'wrong', why: `\`${name}\` stands within another loop`, offset: node.start };
    // The receiver is walked before the loop and not within it: `a.filter(…).exists(…)` is two loops in a row.
    return findRisk(node.args[1], loops) ?? firstRisk(childrenOf(node.args[2]), inside);
  }
  return firstRisk(childrenOf(node.args), loops);
}

function firstRisk(nodes: readonly ASTNode[], loops: number): ReturnType<typeof findRisk> {
  return nodes.map((node) => findRisk(node, loops)).find((risk) => risk !== undefined);
}

function childrenOf(part: unknown): readonly ASTNode[] {
  if (Array.isArray(part)) return part.flatMap(childrenOf);
  return isNode(part) ? [part] : [];
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}

function summary(error: unknown): string {
  if (error instanceof EvaluationError) return visibleLine(error.summary);
  const said = error instanceof Error && 'summary' in error ? error.summary : error;
  const text = typeof said === 'string' ? said : error instanceof Error ? error.message : 'it could not be read';
  return visibleLine(text.split('\n')[0] ?? '');
}
