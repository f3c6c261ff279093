/** What a request amounts to: its real place, its environment, and the two digests that it is found again by. */

import {
  type CheckProgram,
  canonicalJson,
  digestJson,
  Failure,
  isPlaceLock,
  type Json,
  type Refusal,
  visibleLine,
  visibleText,
} from '../../kernel/index.ts';
import type { ChangeIdentity } from '../../tools/index.ts';
import { type ChosenEnvironment, chooseEnvironment } from './choose-environment.ts';
import type { ProposeParts, ProposeRequest } from './propose-parts.ts';
import { recoveredExecution } from './recovered-execution.ts';
import { sealPrograms } from './seal-programs.ts';

/** An identified change. */
export type IdentifiedChange = {
  readonly kind: 'identified';
  /** Absolute and link-free. */
  readonly directory: string;
  readonly intent: string;
  readonly environment: ChosenEnvironment;
  /** The same for every retry of the same change with the same source. */
  readonly draftDigest: string;
  /** The same for the same change, whatever its source. */
  readonly changeDigest: string;
};

const MOST_INTENT_CHARACTERS = 4_000;
const MOST_ARGUMENT_CHARACTERS = 128 * 1024;

/**
 * Identifies a change.
 *
 * What it is made of counts: the driver's source, the input, the variables asked for, the checks and what it recovers. Who proposes
 * it and in which words does not: an agent's retry says it differently.
 *
 * @returns a Refusal when the value of a secret stands where everybody would read it
 * @throws Failure `USAGE`, `NOT_FOUND` on a request that can't be meant, `CONFIG_INVALID` on a check whose program can't be sealed
 */
export async function identifyChange(
  parts: ProposeParts,
  request: ProposeRequest,
): Promise<IdentifiedChange | Refusal> {
  refuseUnusable(request);
  const directory = await realDirectory(parts, request.directory);
  const environment = chooseEnvironment(request);
  const refusal = refuseShownSecret(request, environment);
  if (refusal !== undefined) return refusal;
  const { argv, sourceDigest } = await askDriver(parts, request, { directory, environment });
  const programs = await sealPrograms(parts.programs, request.checks, directory);
  const change = { target: request.target, directory, argv, driver: request.driver };
  return {
    kind: 'identified',
    directory,
    intent: visibleText(request.intent.trim()),
    environment,
    changeDigest: digestJson(parts.hash, change),
    draftDigest: digestJson(parts.hash, {
      ...change,
      source: digestJson(parts.hash, sourceOf(parts, request, { sourceDigest, programs })),
    }),
  };
}

function sourceOf(
  parts: ProposeParts,
  request: ProposeRequest,
  { sourceDigest, programs }: { readonly sourceDigest: string; readonly programs: readonly CheckProgram[] },
): Json {
  return {
    sourceDigest,
    // A check whose script was corrected asks something else: it is another draft.
    ...(programs.length === 0 ? {} : { programs }),
    stdin: request.stdin === undefined ? null : parts.hash(request.stdin),
    variables: [...request.variables].sort(),
    secretVariables: [...request.secretVariables].sort(),
    checks: request.checks,
    recovers: request.recovers ?? null,
    ...(request.occasion === undefined ? {} : { occasion: request.occasion }),
  };
}

function refuseUnusable(request: ProposeRequest): void {
  if (request.intent.trim() === '') throw usage('the intent is empty', 'say in one sentence what the change is for');
  if (request.intent.length > MOST_INTENT_CHARACTERS) {
    throw usage(`the intent is longer than ${MOST_INTENT_CHARACTERS} characters`, 'say it in a sentence');
  }
  if (!/^[\w][\w.:/-]{0,127}$/u.test(request.target) || isPlaceLock(request.target)) {
    throw usage(
      `"${visibleLine(request.target.toWellFormed().slice(0, 80))}" is not the name of a target`,
      'use the name that stands in the trust file: letters, digits and . : / _ -, and no `place:` before it',
    );
  }
  const bad = request.argv.findIndex(
    (argument) => !argument.isWellFormed() || argument.includes('\0') || argument.length > MOST_ARGUMENT_CHARACTERS,
  );
  if (bad === -1) return;
  throw usage(
    `argument ${bad + 1} can't be given to any program`,
    'leave out NUL and broken characters, and pass long texts by the standard input',
  );
}

async function realDirectory(parts: ProposeParts, path: string): Promise<string> {
  const directory = path.startsWith('/') ? await parts.files.realPath(path) : undefined;
  if (directory !== undefined && (await parts.files.stat(directory))?.kind === 'directory') return directory;
  throw new Failure('NOT_FOUND', `${visibleLine(path.toWellFormed())} is not a directory`, {
    hint: 'name the directory that the change is meant for with --dir',
    where: visibleLine(path.toWellFormed()),
  });
}

const SHORTEST_SECRET = 4;

/** The secret values that are long enough to be told from chance, with their names. */
export function tellableSecrets(environment: ChosenEnvironment): readonly (readonly [name: string, value: string])[] {
  return environment.secretVariables
    .map((name) => [name, environment.variables[name] ?? ''] as const)
    .filter(([, value]) => value.length >= SHORTEST_SECRET);
}

function refuseShownSecret(request: ProposeRequest, environment: ChosenEnvironment): Refusal | undefined {
  const secret = new Set(environment.secretVariables);
  const shown: readonly (readonly [where: string, texts: readonly string[]])[] = [
    ['the arguments', request.argv],
    ['the intent', [request.intent]],
    ['the checks', [JSON.stringify(request.checks)]],
    [
      'another variable',
      Object.entries(environment.variables).flatMap(([name, value]) => (secret.has(name) ? [] : [value])),
    ],
  ];
  for (const [name, value] of tellableSecrets(environment)) {
    const found = shown.find(([, texts]) => texts.some((text) => text.includes(value) || text.includes(quoted(value))));
    if (found === undefined) continue;
    return {
      kind: 'refused',
      code: 'POLICY',
      what: 'this proposal',
      where: found[0],
      why: `the value of the secret variable ${name} stands there, and everybody could read it`,
      next: `let the command read it from its environment as ${name}`,
    };
  }
  return undefined;
}

async function askDriver(
  parts: ProposeParts,
  request: ProposeRequest,
  place: Pick<IdentifiedChange, 'directory' | 'environment'>,
): Promise<ChangeIdentity> {
  return await parts.drivers[request.driver].identify({
    proposal: '',
    directory: place.directory,
    argv: request.argv,
    environment: place.environment.variables,
    secretVariables: place.environment.secretVariables,
    stdin: request.stdin,
    recovers: await recoveredExecution(parts, request),
  });
}

function usage(message: string, hint: string): Failure {
  return new Failure('USAGE', message, { hint });
}

/** Finds a secret value in a document that everybody can read. @returns the variable's name */
export function findShownSecret(environment: ChosenEnvironment, document: Json): string | undefined {
  const text = canonicalJson(document);
  return tellableSecrets(environment).find(([, value]) => text.includes(quoted(value)))?.[0];
}

// As the value stands within a JSON text.
function quoted(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
