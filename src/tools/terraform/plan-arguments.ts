/** Which options of `terraform plan` a proposal may carry: those that say what to change, none that say where or how safely. */

import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { type ImportWish, readImportWish } from './import-blocks.ts';

/** The options that a plan is made with, each `-name` or `-name=value`; paths are relative to the directory. */
export type PlanArguments = readonly string[];

/** The options, or why they can't be taken. */
export type ArgumentsAnswer =
  | { readonly kind: 'accepted'; readonly planArguments: PlanArguments; readonly imports: readonly ImportWish[] }
  | { readonly kind: 'refused'; readonly why: string; readonly next: string };

const VALUED: ReadonlySet<string> = new Set(['import', 'var', 'var-file', 'target', 'replace', 'parallelism']);
const SWITCHES: ReadonlySet<string> = new Set(['destroy', 'refresh-only']);
const BOOLEANS = z.enum(['true', 'false']);
/** Options of an apply by hand that change nothing about what is planned: a proposal made from such a command drops them. */
const WITHOUT_MEANING: ReadonlySet<string> = new Set([
  'auto-approve',
  'compact-warnings',
  'detailed-exitcode',
  'input',
  'lock-timeout',
  'no-color',
]);
const COMMAND_WORDS: ReadonlySet<string> = new Set(['terraform', 'tofu', 'plan', 'apply', 'destroy']);

/** Ours, and none of Terraform's: `-import=ADDRESS=ID` becomes a block in the private copy. */
const IMPORT = '-import=';

const VARIABLE_FILE = '-var-file=';

/** Accepts or refuses options. @param argv  as the proposer wrote them; a leading `terraform apply` is passed over */
export function planArguments(argv: readonly string[], directory: string): ArgumentsAnswer {
  const words = argv.findIndex((word) => !COMMAND_WORDS.has(word));
  const leading = words === -1 ? argv : argv.slice(0, words);
  const accepted: string[] = leading.includes('destroy') ? ['-destroy'] : [];
  const options = argv.slice(leading.length);
  for (let index = 0; index < options.length; index += 1) {
    const option = splitOption(options[index] ?? '');
    if (option === undefined) return refused(`"${options[index]}" is not an option`, 'name options only');
    if (VALUED.has(option.name) && option.value === undefined) {
      index += 1;
      option.value = options[index];
    }
    const taken = takeOption(option, directory);
    if (typeof taken === 'object') return taken;
    if (taken !== undefined) accepted.push(taken);
  }
  const isImport = (argument: string): boolean => argument.startsWith(IMPORT);
  return {
    kind: 'accepted',
    planArguments: accepted.filter((argument) => !isImport(argument)),
    imports: accepted.filter(isImport).flatMap((argument) => readImportWish(argument.slice(IMPORT.length)) ?? []),
  };
}

/** Options for looking again afterwards: what forces a change, or spares a look at the world, is left out. */
export function verifyingArguments(planned: PlanArguments): PlanArguments {
  return planned.filter((argument) => !argument.startsWith('-replace=') && argument !== '-refresh=false');
}

/** Files of variables, relative to the directory. */
export function variableFiles(planned: PlanArguments): readonly string[] {
  const paths = planned.flatMap((argument) =>
    argument.startsWith(VARIABLE_FILE) ? [argument.slice(VARIABLE_FILE.length)] : [],
  );
  return [...new Set(paths)].sort();
}

/** Files of variables beside the directory, relative to it: each begins with `..`. */
export function variableFilesBeside(planned: PlanArguments): readonly string[] {
  return variableFiles(planned).filter((path) => path === '..' || path.startsWith('../'));
}

/** Tells whether a plan with these options leaves out everything but its targets: Terraform calls such a plan incomplete by itself. */
export function isTargeted(planned: PlanArguments): boolean {
  return planned.some((argument) => argument.startsWith('-target='));
}

/** Tells whether a plan with these options asks the world what stands there. */
export function looksAtTheWorld(planned: PlanArguments): boolean {
  return !planned.includes('-refresh=false');
}

type Option = { readonly name: string; value: string | undefined };

function splitOption(word: string): Option | undefined {
  const match = /^--?([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(word);
  return match?.[1] === undefined ? undefined : { name: match[1], value: match[2] };
}

function takeOption(option: Option, directory: string): string | undefined | ArgumentsAnswer {
  const { name, value } = option;
  if (WITHOUT_MEANING.has(name)) return undefined;
  if (SWITCHES.has(name)) return value === undefined || value === 'true' ? `-${name}` : refusedValue(name, value);
  if (name === 'refresh') return takeRefresh(value);
  if (VALUED.has(name)) return takeValued(option, directory);
  if (name === 'lock') return takeLock(value);
  return refused(`the option -${name} can't be part of a proposal`, 'leave it out, or say it in the configuration');
}

function takeRefresh(value: string | undefined): string | ArgumentsAnswer {
  const parsed = BOOLEANS.safeParse(value ?? 'true').data;
  return parsed === undefined ? refusedValue('refresh', value) : `-refresh=${parsed}`;
}

// Whoever skips the lock plans and writes while somebody else may: the state is what everything here rests on.
function takeLock(value: string | undefined): undefined | ArgumentsAnswer {
  const parsed = BOOLEANS.safeParse(value ?? 'true').data;
  if (parsed === undefined) return refusedValue('lock', value);
  if (parsed === 'true') return undefined;
  return refused(
    'without the lock two runs can write the same state at once, and one of them is lost',
    'leave -lock=false out; a lock that nobody holds any more is opened with terraform force-unlock',
  );
}

function takeValued({ name, value }: Option, directory: string): string | ArgumentsAnswer {
  if (value === undefined || value === '') return refusedValue(name, value);
  if (name === 'import' && readImportWish(value) === undefined) return refusedValue(name, value);
  if (name !== 'var-file') return `-${name}=${value}`;
  // One spelling that leads to the same file from the directory and from its private copy: with a `..` too many, or the directory's
  // own name in it, the copy would be left.
  return `${VARIABLE_FILE}${relative(directory, resolve(directory, value)) || '.'}`;
}

function refusedValue(name: string, value: string | undefined): ArgumentsAnswer {
  return refused(
    `the option -${name} has no usable value${value === undefined ? '' : ` in "${value}"`}`,
    'give it one',
  );
}

function refused(why: string, next: string): ArgumentsAnswer {
  return { kind: 'refused', why, next };
}
