/**
 * The questions that checks can put to the world: one shape per kind, parsed alike by whoever declares and whoever asks.
 *
 * Every expectation must be able to turn out wrong: a question that expects nothing is not accepted.
 */

import { z } from 'zod';
import type { CheckKind, Json, Sha256Hex } from '../kernel/index.ts';
import { strayReads } from './program-operands.ts';

/** What a text must be. `matches` is an ECMAScript regular expression with the flag `u`, 1 to 500 characters. */
export type TextExpectation =
  | { readonly equals: string }
  | { readonly contains: string }
  | { readonly matches: string };

/** How often to ask before believing: every one of `samples` answers must be the same, `everyMs` apart. */
export type Sustained = { readonly samples: number; readonly everyMs: number };

/**
 * Runs a program that only reads. `directory` is absolute.
 *
 * The program and the files that its arguments name are sealed with the check, and run from a private copy; `reads` are the arguments,
 * as they stand in `argv`, that name what the check looks at: these are left as they are.
 */
export type CommandQuestion = {
  readonly argv: readonly string[];
  readonly reads?: readonly string[] | undefined;
  readonly directory?: string | undefined;
  readonly expect: { readonly exitCode?: number | undefined; readonly stdout?: TextExpectation | undefined };
  readonly sustained?: Sustained | undefined;
};

/** A value inside a JSON body: names and array indexes joined by dots (`data.result.0.value`); empty means the whole. */
export type JsonExpectation = { readonly jsonPath: string; readonly equals: Json };

/**
 * Asks a server by GET or HEAD; redirects are answers and are not followed.
 *
 * A server that can't be reached is no answer, unless `reachable` is named: then a refused connection is `false`.
 */
export type HttpQuestion = {
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly expect: {
    readonly reachable?: boolean | undefined;
    readonly status?: number | undefined;
    readonly body?: TextExpectation | JsonExpectation | undefined;
  };
  readonly sustained?: Sustained | undefined;
};

/** Looks at one file. `path` is absolute; everything that is named must hold. */
export type FileQuestion = {
  readonly path: string;
  readonly expect: {
    readonly exists?: boolean | undefined;
    readonly sha256?: Sha256Hex | undefined;
    readonly contains?: string | undefined;
    readonly equals?: string | undefined;
  };
  readonly sustained?: Sustained | undefined;
};

/**
 * Looks into a SQLite database: by one SELECT, or at its shape.
 *
 * `rows` are lists of values in the query's order; blobs are lower-case hex, integers beyond 2^53 are decimal text. `scalar` is the
 * only value of the only row. `schemaDigest`, `rowCounts` and `tableDigests` are those of `Databases.inspect`.
 */
export type SqliteQuestion =
  | {
      readonly path: string;
      readonly query: string;
      readonly expect: { readonly rows: readonly (readonly Json[])[] } | { readonly scalar: Json };
      readonly sustained?: Sustained | undefined;
    }
  | {
      readonly path: string;
      readonly expect: {
        readonly schemaDigest?: Sha256Hex | undefined;
        readonly rowCounts?: Readonly<Record<string, number>> | undefined;
        readonly tableDigests?: Readonly<Record<string, Sha256Hex>> | undefined;
      };
      readonly sustained?: Sustained | undefined;
    };

/** Plans anew with the bundle's sealed configuration; other members belong to the terraform driver. */
export type TerraformPlanQuestion = { readonly [name: string]: Json };

/** The question of each kind of check. */
export type CheckQuestions = {
  readonly command: CommandQuestion;
  readonly http: HttpQuestion;
  readonly file: FileQuestion;
  readonly sqlite: SqliteQuestion;
  readonly 'terraform-plan': TerraformPlanQuestion;
};

const text = z.string().max(64 * 1024);
const absolute = z.string().max(4096).regex(/^\//, 'must be an absolute path');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');
const json: z.ZodType<Json> = z.json();
const somethingExpected = (expect: object): boolean => Object.values(expect).some((value) => value !== undefined);
const sustained = z.strictObject({ samples: z.int().min(2).max(20), everyMs: z.int().min(10).max(60_000) }).optional();
const NOTHING_EXPECTED = 'expects nothing, so it could never be red';

const textExpectation = z.union([
  z.strictObject({ equals: text }),
  z.strictObject({ contains: text.min(1) }),
  z.strictObject({ matches: z.string().min(1).max(500).refine(isRegularExpression, 'is not a regular expression') }),
]);

const select = z
  .string()
  .max(64 * 1024)
  .regex(/^\s*(?:select|with|values)\b/i, 'must be a single SELECT');

/** Parses the question of each kind. Strict: an unknown member is an error, so that a typing mistake can't weaken a check. */
export const CHECK_QUESTIONS: { readonly [Kind in CheckKind]: z.ZodType<CheckQuestions[Kind]> } = {
  command: z
    .strictObject({
      argv: z.array(text).min(1).max(1000),
      reads: z.array(text.min(1)).min(1).max(1000).optional(),
      directory: absolute.optional(),
      expect: z
        .strictObject({ exitCode: z.int().min(0).max(255).optional(), stdout: textExpectation.optional() })
        .refine(somethingExpected, NOTHING_EXPECTED),
      sustained,
    })
    .refine((question) => strayReads(question).length === 0, { path: ['reads'], error: 'names what is no argument' }),
  http: z.strictObject({
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(4096),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string().regex(/^[^\r\n\0]*$/)).optional(),
    expect: z
      .strictObject({
        reachable: z.boolean().optional(),
        status: z.int().min(100).max(599).optional(),
        body: z.union([textExpectation, z.strictObject({ jsonPath: text, equals: json })]).optional(),
      })
      .refine(somethingExpected, NOTHING_EXPECTED),
    sustained,
  }),
  file: z.strictObject({
    path: absolute,
    expect: z
      .strictObject({
        exists: z.boolean().optional(),
        sha256: sha256.optional(),
        contains: text.min(1).optional(),
        equals: text.optional(),
      })
      .refine(somethingExpected, NOTHING_EXPECTED),
    sustained,
  }),
  sqlite: z.union([
    z.strictObject({
      path: absolute,
      query: select,
      expect: z.union([z.strictObject({ rows: z.array(z.array(json)) }), z.strictObject({ scalar: json })]),
      sustained,
    }),
    z.strictObject({
      path: absolute,
      expect: z
        .strictObject({
          schemaDigest: sha256.optional(),
          rowCounts: z.record(z.string(), z.int().min(0)).optional(),
          tableDigests: z.record(z.string(), sha256).optional(),
        })
        .refine(somethingExpected, NOTHING_EXPECTED),
      sustained,
    }),
  ]),
  'terraform-plan': z.record(z.string(), json),
};

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source, 'u').source.length > 0;
  } catch {
    return false;
  }
}
