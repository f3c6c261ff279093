/** The environment of a plan and of its execution: an allow-list and what was asked for, and nothing else (L3, L11). */

import { Failure, visibleLine } from '../../kernel/index.ts';
import { loaderTrouble } from '../../tools/index.ts';

/** An environment, with the names in it whose values are secret. */
export type ChosenEnvironment = {
  readonly variables: Readonly<Record<string, string>>;
  /** Sorted. */
  readonly secretVariables: readonly string[];
};

/** What to choose from. */
export type EnvironmentWish = {
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** `NAME` takes the caller's value, `NAME=VALUE` sets one. */
  readonly variables: readonly string[];
  /** `NAME`: the caller's value, which is sealed to the runner. */
  readonly secretVariables: readonly string[];
};

const ALLOWED: readonly string[] = ['HOME', 'LANG', 'TZ', 'TMPDIR'];
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
// Linux passes no single variable beyond 128 KiB to a program.
const MOST_CHARACTERS = 100_000;

/**
 * Chooses the environment.
 *
 * PATH keeps its absolute entries only: a relative one means another program in every directory.
 *
 * @throws Failure `USAGE` on a name that is none, that is not set, that is asked for twice, that is Countersign's own,
 *   or that makes programs load code: people would sign for one program, and another one's code would run
 */
export function chooseEnvironment(wish: EnvironmentWish): ChosenEnvironment {
  const clear = wish.variables.map((text) => readVariable(wish, text));
  const secret = wish.secretVariables.map((text) => readSecret(wish, text));
  const asked = [...clear, ...secret];
  const doubled = asked.find(([name], index) => asked.findIndex(([other]) => other === name) !== index);
  if (doubled !== undefined)
    throw usage(doubled[0], 'is asked for twice', 'ask for it once, as --env or as --secret-env');
  return {
    variables: Object.fromEntries([...allowed(wish), ...asked]),
    secretVariables: secret.map(([name]) => name).sort(),
  };
}

type Variable = readonly [name: string, value: string];

function allowed(wish: EnvironmentWish): readonly Variable[] {
  const path = (wish.inherited['PATH'] ?? '').split(':').filter((entry) => entry.startsWith('/'));
  const inherited = ALLOWED.flatMap((name): readonly Variable[] => {
    const value = wish.inherited[name];
    return value === undefined ? [] : [[name, checked(name, value)]];
  });
  return [['PATH', checked('PATH', [...new Set(path)].join(':'))], ...inherited];
}

function readVariable(wish: EnvironmentWish, text: string): Variable {
  const equals = text.indexOf('=');
  if (equals === -1) return inheritedOf(wish, text);
  const value = text.slice(equals + 1);
  const name = named(text.slice(0, equals), value);
  return [name, checked(name, value)];
}

function readSecret(wish: EnvironmentWish, text: string): Variable {
  if (text.includes('=')) {
    throw usage(
      text.slice(0, text.indexOf('=')),
      'is secret and was written on the command line',
      'set it in the environment and ask for it by its name: --secret-env NAME',
    );
  }
  const [name, value] = inheritedOf(wish, text);
  if (value !== '') return [name, value];
  throw usage(name, 'is secret and empty', 'set it, or leave it out');
}

function inheritedOf(wish: EnvironmentWish, text: string): Variable {
  const value = wish.inherited[text];
  const name = named(text, value);
  if (value === undefined) throw usage(name, 'is not set', `set it, or write --env ${name}=VALUE`);
  return [name, checked(name, value)];
}

function named(name: string, value: string | undefined): string {
  if (!NAME.test(name)) throw usage(name, 'is not the name of a variable', 'use letters, digits and _');
  if (name.startsWith('COUNTERSIGN_')) {
    throw usage(name, 'is set by Countersign itself', 'use another name');
  }
  const loads = loaderTrouble(name, value);
  if (loads !== undefined) {
    throw usage(
      name,
      `makes programs load code that is not in the plan: it ${loads}`,
      'leave it out: what it loads would run without anybody having approved it',
    );
  }
  return name;
}

function checked(name: string, value: string): string {
  if (value.length <= MOST_CHARACTERS && value.isWellFormed() && !value.includes('\0')) return value;
  throw usage(name, 'has a value that no program can be given', 'shorten it, and leave out NUL and broken characters');
}

// The value is never part of a message: it may be a secret.
function usage(name: string, why: string, hint: string): Failure {
  return new Failure('USAGE', `the variable ${visibleLine(name.toWellFormed().slice(0, 80))} ${why}`, { hint });
}
