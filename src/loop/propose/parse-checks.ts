/** Reads declared checks from YAML: one, a list, or a file with `checks:`. Every complaint names line and column. */

import { z } from 'zod';
import { type CheckKind, type CheckSpec, type Failure, type JsonObject, visibleLine } from '../../kernel/index.ts';
import { CHECK_QUESTIONS, questionWords } from '../../tools/index.ts';
import { invalidChecks as invalid, type Locate, readLocatedYaml, type YamlPath } from './located-checks.ts';

const MOST_CHECKS = 50;
const USUAL_TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 600_000;
// A fresh plan is the terraform driver's own question: only it knows the sealed configuration.
const KINDS: readonly CheckKind[] = ['command', 'http', 'file', 'sqlite'];
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

const COMMON = {
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and -, 64 at most')
    .optional(),
  claim: z.string().min(1).max(500).optional(),
  timeout: z
    .string()
    .regex(/^[1-9]\d{0,5}(?:ms|s|m)$/, 'must be a duration such as 10s, 500ms or 2m')
    .transform(durationMs)
    .refine((timeoutMs) => timeoutMs <= LONGEST_TIMEOUT_MS, 'must be at most 10m')
    .optional(),
};

/**
 * Reads checks. Two spellings of one check mean the same: `{file: {path: …, expect: …}}` and
 * `{kind: file, question: {path: …, expect: …}}`; both may have `id`, `claim` and `timeout` (`10s`, at most `10m`; `30s` if left out).
 *
 * @param text  YAML 1.2 without aliases, at most 256 KiB: a map, a list of at most 50 maps, or a map with the list under `checks`
 * @param file  what to call the text in complaints: a path, or `--check`
 * @returns checks of the origin `proposal`, in order, with ids that are unique among them
 * @throws Failure `CONFIG_INVALID` with file, line and column
 */
export function parseChecks(text: string, file: string): readonly CheckSpec[] {
  const { value, locate } = readLocatedYaml(text, file);
  const { entries, base } = entriesOf(value);
  if (entries.length === 0) throw invalid('there is no check in it', locate([]), 'declare at least one');
  if (entries.length > MOST_CHECKS) {
    throw invalid(
      `there are ${entries.length} checks, at most ${MOST_CHECKS} can be put`,
      locate(base(0)),
      'keep the telling ones',
    );
  }
  const specs = entries.map((entry, index) => readCheck(entry, base(index), locate));
  return withUniqueIds(specs, (index) => locate([...base(index), 'id']));
}

type Read = Omit<CheckSpec, 'id'> & { readonly id: string | undefined };

function readCheck(entry: unknown, path: YamlPath, locate: Locate): Read {
  const [kind, questionPath] = kindOf(entry, path, locate);
  const shape =
    questionPath.length > path.length + 1 || questionPath.at(-1) === 'question'
      ? z.strictObject({ ...COMMON, kind: z.literal(kind), question: CHECK_QUESTIONS[kind] })
      : z.strictObject({ ...COMMON, [kind]: CHECK_QUESTIONS[kind] });
  const parsed = shape.safeParse(entry);
  if (!parsed.success) throw complaint(parsed.error, path, locate);
  // Both shapes hold the parsed question under the last name of its path; zod's output types of computed names are wider.
  const read = parsed.data as { id?: string; claim?: string; timeout?: number; [name: string]: unknown };
  // The question was parsed by the schema of its kind: a JSON object.
  const question = read[String(questionPath.at(-1))] as JsonObject;
  return {
    id: read.id,
    kind,
    claim: visibleLine(read.claim ?? questionWords(kind, question)),
    origin: 'proposal',
    question,
    timeoutMs: read.timeout ?? USUAL_TIMEOUT_MS,
  };
}

function kindOf(entry: unknown, path: YamlPath, locate: Locate): readonly [CheckKind, YamlPath] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw invalid('a check is a map', locate(path), 'write {file: {path: /srv/VERSION, expect: {contains: "2.1"}}}');
  }
  const named = 'kind' in entry ? KINDS.find((kind) => kind === entry.kind) : undefined;
  if (named !== undefined) return [named, [...path, 'question']];
  const found = KINDS.filter((kind) => kind in entry);
  const [only] = found;
  if (only !== undefined && found.length === 1 && !('kind' in entry)) return [only, [...path, only]];
  const why = found.length > 1 ? `a check of two kinds: ${found.join(' and ')}` : 'a check of no known kind';
  throw invalid(why, locate('kind' in entry ? [...path, 'kind'] : path), `use one of ${KINDS.join(', ')}`);
}

function entriesOf(value: unknown): {
  readonly entries: readonly unknown[];
  readonly base: (index: number) => YamlPath;
} {
  if (Array.isArray(value)) return { entries: value, base: (index) => [index] };
  const listed = typeof value === 'object' && value !== null && 'checks' in value ? value.checks : undefined;
  if (Array.isArray(listed)) return { entries: listed, base: (index) => ['checks', index] };
  return { entries: value === null ? [] : [value], base: () => [] };
}

function withUniqueIds(specs: readonly Read[], locate: (index: number) => string): readonly CheckSpec[] {
  const taken = new Set<string>();
  for (const [index, { id }] of specs.entries()) {
    if (id !== undefined && taken.has(id))
      throw invalid(`the check ${id} stands twice`, locate(index), 'rename one of them');
    if (id !== undefined) taken.add(id);
  }
  return specs.map((spec) => {
    if (spec.id !== undefined) return { ...spec, id: spec.id };
    const id = freeId(spec.kind, taken);
    taken.add(id);
    return { ...spec, id };
  });
}

/** Finds an id that nobody has: the wanted one, or the wanted one with the first free number. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  let id = wanted;
  for (let number = 2; taken.has(id); number += 1) id = `${wanted.slice(0, 60)}-${number}`;
  return id;
}

// In a union the deepest complaint is the one about the alternative that was meant.
function complaint(error: z.ZodError, base: YamlPath, locate: Locate): Failure {
  const issue = deepest(error.issues);
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const name = path.map(String).join('.');
  const message = unknown === undefined ? issue.message : 'is not known here';
  return invalid(
    `${visibleLine(name)}: ${message}`,
    locate([...base, ...path]),
    'see the shapes of checks in the documentation',
  );
}

function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const flat = issues.flatMap((issue): readonly z.core.$ZodIssue[] => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
    return issue.errors
      .filter((branch) => branch.length > 0)
      .map((branch) => deepest(branch))
      .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
  return flat.reduce((best, issue) => (issue.path.length > best.path.length ? issue : best));
}

function durationMs(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
  return Number(count) * (UNIT_MS[unit] ?? Number.NaN);
}
