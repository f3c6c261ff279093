import { expect, test } from 'vitest';
import { ambientUses } from './ambient.ts';
import { doorComplaints, doorOf, partsOf } from './doors.ts';
import { brokenHabits } from './habits.ts';
import { type SourceFile, sourceFile } from './source-file.ts';

const WHY = '/** Why this file exists. */\n';
const rulesOf = (text: string, path = 'src/kernel/a.ts'): readonly string[] =>
  brokenHabits(sourceFile(path, WHY + text)).map((complaint) => complaint.rule);

const lines = (count: number): string => 'const a = 1;\n'.repeat(count);

test.each([
  ['file-length', lines(300)],
  ['function-length', `function f() {\n${lines(59)}}`],
  ['function-length', `const f = () => {\n${lines(59)}};`],
  ['parameters', 'function f(a, b, c, d, e) {}'],
  ['parameter-property', 'class A { constructor(private readonly a: string) {} }'],
  ['any', 'const a: any = 1;'],
  ['non-null', 'const a = b!.c;'],
  ['enum', 'enum A { b }'],
  ['namespace', 'namespace A { export const b = 1; }'],
  ['default-export', 'export default 1;'],
  ['default-export', 'export default function a() {}'],
  ['export-star', "export * from './b.ts';"],
  ['cast', 'const a = 1;\nconst b = a as string;'],
  ['cast', 'const a = 1;\nconst b = <string>a;'],
  ['cast', 'const a = 1;\nconst b = a as unknown as string;'],
  ['plain-error', "throw new Error('a');"],
  ['plain-error', "throw new TypeError('a');"],
  ['empty-catch', 'try { a(); } catch {}'],
  ['ts-comment', '// @ts-expect-error\nconst a = 1;'],
  ['banned-name', 'export class TokenManager {}'],
  ['banned-name', 'export const dateUtils = 1;'],
  ['banned-name', 'export interface IStore {}'],
  ['banned-word', 'const isSuccessful = true;'],
  ['banned-word', "type A = { readonly kind: 'success' };"],
  ['banned-word', "const a = { kind: 'success' };"],
])('[HOUSE-05, L9] the habit gate fires: %s in %j', (rule, text) => {
  expect(rulesOf(text)).toContain(rule);
});

test.each([
  ['three hundred lines', lines(299)],
  ['more lines with a reason', `// Longer than 300 lines because the grammar is one table.\n${lines(300)}`],
  ['sixty lines of a function', `function f() {\n${lines(58)}}`],
  ['four parameters', 'function f(a, b, c, d) {}'],
  ['as const', 'const a = [1] as const;'],
  ['a cast with its reason', '// Proven above.\nconst b = a as string;'],
  ['a cast with its reason inside of a call', 'f(\n  // Proven above.\n  a as string,\n);'],
  ['a member that a library named', 'const a = parsed.success;'],
  ['a typed throw', "throw new Failure('USAGE', 'a', { hint: 'b' });"],
  ['a catch that answers', 'try { a(); } catch (cause) { throw new Failure(cause); }'],
])('[HOUSE-05] the habit gate lets %s through', (_, text) => {
  expect(rulesOf(text)).toEqual([]);
});

test.each([
  'utils',
  'string-utils',
  'helpers',
  'a-helper',
  'job-manager',
  'service',
  'common',
  'misc',
  'data',
  'CamelCase',
])('[HOUSE-05] a file called %s.ts is refused', (name) => {
  expect(rulesOf(lines(1), `src/kernel/${name}.ts`)).toEqual(['file-name']);
});

test('[HOUSE-05] a file without a first comment is refused, a program may start with its interpreter', () => {
  const rules = (text: string): readonly string[] =>
    brokenHabits(sourceFile('src/kernel/a.ts', text)).map((complaint) => complaint.rule);
  expect(rules('const a = 1;\n')).toEqual(['first-comment']);
  expect(rules(`#!/usr/bin/env node\n${WHY}const a = 1;\n`)).toEqual([]);
});

test.each([
  ['fetch', "fetch('http://a');"],
  ['Date.now', 'const a = Date.now();'],
  ['Date reads the clock', 'const a = new Date();'],
  ['Math.random', 'const a = Math.random();'],
  ['setTimeout', 'setTimeout(() => {}, 1);'],
  ['process', 'const a = process.env;'],
  ['globalThis', 'globalThis.a = 1;'],
  ['console', "console.log('a');"],
  ['AbortSignal.timeout', 'const a = AbortSignal.timeout(1);'],
  ['randomBytes', "import { randomBytes } from 'node:crypto';"],
  ['randomUUID', 'const a = crypto.randomUUID();'],
])('[HOUSE-04, L9] the ambient gate fires: %s in %j', (what, text) => {
  expect(ambientUses(sourceFile('src/kernel/a.ts', text)).map((complaint) => complaint.what)).toContain(what);
});

test.each([
  'const a = new Date(1).toISOString();',
  'type A = { readonly process: string; fetch(): void };',
  'const a = tool.process;',
  'function f(process: string) { return process; }',
  'const a = { fetch: 1 };',
  'import type { Process } from "./a.ts";',
])('[HOUSE-04] the ambient gate lets %j through', (text) => {
  expect(ambientUses(sourceFile('src/kernel/a.ts', text))).toEqual([]);
});

const DOOR = 'src/record/index.ts';
const home = sourceFile(
  'src/record/a.ts',
  `/** Claims something about a. */
export const a = 1;

export const b = 1;

// Not a docblock.
export const c = 1;

/**
 * Claims something about D.
 */
export type D = string;

/** Claims something about e. */
export function e(): void {}
`,
);
const read = (path: string): SourceFile | undefined => (path === 'src/record/a.ts' ? home : undefined);

test('[HOUSE-05] a door whose names are documented is let through', () => {
  const door = sourceFile(DOOR, "/** The door. */\nexport { a, e } from './a.ts';\nexport type { D } from './a.ts';\n");
  expect(doorComplaints(door, read)).toEqual([]);
  expect(doorOf(door)).toEqual({ values: ['a', 'e'], types: ['D'] });
});

test.each([
  ['door-docblock', "export { b } from './a.ts';"],
  ['door-docblock', "export { c } from './a.ts';"],
  ['door-docblock', "export { a } from './gone.ts';"],
  ['door-docblock', "export { b as a } from './a.ts';"],
  ['door-holds-code', 'export const z = 1;'],
  // One more than what the list of wide doors allows this one.
  ['door-width', `export { ${Array.from({ length: 17 }, (_, index) => `a as a${index}`).join(', ')} } from './a.ts';`],
])('[HOUSE-05, L9] the door gate fires: %s in %j', (rule, text) => {
  expect(doorComplaints(sourceFile(DOOR, text), read).map((complaint) => complaint.rule)).toEqual([rule]);
});

test('[HOUSE-05] parts are the folders below src and below its groups', () => {
  const paths = [
    'src/compose.ts',
    'src/kernel/a.ts',
    'src/kernel/ports/b.ts',
    'src/loop/read/a.ts',
    'src/surfaces/cli/a.ts',
  ];
  expect(partsOf(paths)).toEqual(['src/kernel', 'src/loop/read']);
});
